namespace LlmCascade.Agreement;

/// <summary>Asks several candidates at once, and stops those that the decision does not depend on any more.</summary>
internal sealed class Panel(GenerationRequest request, AttemptContext context, Consensus consensus, TimeProvider time)
{
    private readonly List<Seat> _seats = [];
    private (List<Generation> Answers, AgreementMatrix Agreement, AgreementMatrix Similarity)? _measured;

    /// <summary>Adds a candidate.</summary>
    /// <param name="member">Who is asked.</param>
    /// <param name="asked">What it is asked.</param>
    /// <param name="reuses">Whether an answer that was given before may serve.</param>
    public void Add(EnsembleMember member, GenerationRequest asked, bool reuses) => _seats.Add(new Seat(member, asked, reuses));

    /// <summary>Asks them, and gives the answer that speaks for the others.</summary>
    public async ValueTask<Generation> AnswerAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        context.MakeCurrent();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // All attempts begin before the first call, so that draws do not depend on who is faster.
        _seats.ForEach(seat => seat.Attempt = context.Begin(seat.Member.Name, AttemptRole.Member, seat.Member.Prices));

        // Each on a thread of its own to begin with: a model that runs in this process may hold its caller up.
        List<Task> pending = [.. _seats.Select(seat => Task.Run(() => AskAsync(seat, stop.Token), CancellationToken.None))];
        try
        {
            while (pending.Count > 0 && !cancellationToken.IsCancellationRequested)
            {
                await Task.WhenAny(pending);
                pending.RemoveAll(task => task.IsCompleted);
                if (pending.Count > 0 && await IsDecidedAsync(cancellationToken))
                {
                    break;
                }
            }
        }
        finally
        {
            // What a client's cancellation callback throws must not keep the calls from being awaited.
            await stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(pending);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return await consensus.SpeakAsync(request, [.. _seats.Select(seat => (seat.Member, seat.Candidate!, seat.Failure))], MeasureAsync, cancellationToken);
    }

    private async ValueTask<bool> IsDecidedAsync(CancellationToken cancellationToken)
    {
        // Looked at once: others come in meanwhile.
        List<Candidate?> candidates = [.. _seats.Select(seat => seat.Candidate)];
        if (!candidates.Contains(null))
        {
            return false;
        }

        // An answer without a label drops out where others have one: it may take part or not, like one that is still to come.
        var isSure = (Candidate? candidate) => candidate is { TakesPart: true } && (request.Labels is null || candidate.Answer.Labels is not null);
        var answers = candidates.Where(isSure).Select(candidate => candidate!.Answer!).ToList();
        var missing = candidates.Count(candidate => candidate is null || (candidate.TakesPart && !isSure(candidate)));

        if (answers.Count + missing < 2)
        {
            // One answer agrees with nobody; but whoever sets no threshold wants it all the same.
            return !context.CanContinue(new ConfidenceRange(0, 0));
        }

        if (answers.Count < 2 || !consensus.MayDecide(answers.Count, missing, context.Foresee))
        {
            return false;
        }

        var (agreement, _) = await MeasureAsync(answers, cancellationToken);
        var reachable = consensus.Reachable(agreement, missing);
        return context.Foresee(reachable).Decision == Decision.Keep || !context.CanContinue(reachable);
    }

    // Embedders and judges are paid: the answers that decided are not measured once more to speak.
    private async ValueTask<(AgreementMatrix Agreement, AgreementMatrix Similarity)> MeasureAsync(List<Generation> answers, CancellationToken cancellationToken)
    {
        if (_measured is { } known && known.Answers.SequenceEqual(answers, ReferenceEqualityComparer.Instance))
        {
            return (known.Agreement, known.Similarity);
        }

        var (agreement, similarity) = await Comparison.MeasureAsync(consensus.Measure, request, answers, context, cancellationToken);
        _measured = (answers, agreement, similarity);
        return (agreement, similarity);
    }

    // It never throws: what became of the candidate is on its seat.
    private async Task AskAsync(Seat seat, CancellationToken stop)
    {
        using var attempt = seat.Attempt!;
        Candidate? candidate = null;
        try
        {
            candidate = await TryAskAsync(seat, attempt, stop);
        }
        catch (Exception e)
        {
            seat.Failure = e;
            attempt.Failed(e);
            candidate = new Candidate(seat.Member.Name) { Exclusion = AgreementReasons.Failed };
        }

        attempt.Judged(Verdict.NoOpinion with { Reason = candidate.Exclusion ?? (seat.IsReused ? AgreementReasons.Reused : AgreementReasons.Compared) });
        seat.Candidate = candidate;
    }

    private async Task<Candidate> TryAskAsync(Seat seat, OpenAttempt attempt, CancellationToken stop)
    {
        var member = seat.Member;
        var source = IKnownSource.Of(member.Generator);
        var answer = seat.Reuses ? attempt.TakeAnswerOf(source, seat.Asked) : null;
        seat.IsReused = answer is not null;
        if (answer is null)
        {
            if (seat.Reuses)
            {
                attempt.Asks(source, seat.Asked);
            }

            using var limit = member.Timeout is { } timeout ? new CancellationTokenSource(timeout, time) : null;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit?.Token ?? CancellationToken.None);
            try
            {
                answer = await attempt.WaitAsync(member.Generator.GenerateAsync(seat.Asked, attempt, either.Token), either.Token)
                    ?? throw new InvalidOperationException($"The generator of '{member.Name}' returned null.");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return new Candidate(member.Name) { Exclusion = AgreementReasons.Unneeded };
            }
            catch (OperationCanceledException) when (limit is { IsCancellationRequested: true })
            {
                seat.Failure = new TimeoutException($"'{member.Name}' took longer than {member.Timeout}.");
                attempt.Failed(seat.Failure);
                return new Candidate(member.Name) { Exclusion = AgreementReasons.TimedOut };
            }
        }

        attempt.Answered(answer);
        return new Candidate(member.Name) { Answer = answer, Exclusion = CandidateCheck.FindExclusion(seat.Asked, answer) };
    }

    private sealed class Seat(EnsembleMember member, GenerationRequest asked, bool reuses)
    {
        private volatile Candidate? _candidate;

        public EnsembleMember Member => member;

        public GenerationRequest Asked => asked;

        public bool Reuses => reuses;

        public OpenAttempt? Attempt { get; set; }

        public bool IsReused { get; set; }

        public Exception? Failure { get; set; }

        public Candidate? Candidate { get => _candidate; set => _candidate = value; }
    }
}
