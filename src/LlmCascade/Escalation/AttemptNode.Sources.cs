namespace LlmCascade.Escalation;

/// <content>Finds answers that were given before, and who gave them.</content>
internal sealed partial class AttemptNode
{
    private object? _source;

    internal override Generation? FindAnswer(string tier)
    {
        lock (_episode.TreeLock)
        {
            return _parent?._children?.Find(each => each.Role == AttemptRole.Tier && each.Name == tier)?.Generation;
        }
    }

    internal override IReadOnlyList<Generation?> DeferredAnswers
    {
        get
        {
            lock (_episode.TreeLock)
            {
                return _episode.Options.NoLearning || _parent?._children is not { } siblings
                    ? []
                    : [.. siblings.Where(each => each.Role == AttemptRole.Tier && each.Verdict.IsDeferral).Select(each => each.Generation)];
            }
        }
    }

    internal override IReadOnlyList<(string Name, Generation Answer, Verdict Verdict)> Rejected
    {
        get
        {
            lock (_episode.TreeLock)
            {
                return _parent?._children is not { } siblings
                    ? []
                    : [.. siblings
                        .Where(each => each.Role == AttemptRole.Tier && each.Verdict.IsDeferral && each.Generation is not null)
                        .Select(each => (each.Name, each.Generation!, each.Verdict))];
            }
        }
    }

    internal override void Asks(object source, GenerationRequest request)
    {
        _source = source;
        Request = request;
    }

    internal override Generation? TakeAnswerOf(object source, GenerationRequest request)
    {
        lock (_episode.TreeLock)
        {
            var top = this;
            while (top._parent is { } parent && parent._episode == _episode)
            {
                top = parent;
            }

            var answer = top.FindAnswerBelow(source, request, notIn: _parent);
            WasCalled &= answer is null;
            return answer;
        }
    }

    // What is still being answered may yet be cut, and what was cut is half an answer.
    private bool HasAnswered(object source, GenerationRequest request) =>
        !IsOpen && Failure is null && !IsAbandoned && !Stop.IsDeferral
        && source.Equals(_source)
        && ReferenceEquals(Request?.Messages, request.Messages)
        && ReferenceEquals(Request?.Options, request.Options)
        && ReferenceEquals(Request?.Trajectory, request.Trajectory)
        && Equals(Request?.Labels, request.Labels);

    // Who is asked together with another one is asked for the sake of a second answer.
    private Generation? FindAnswerBelow(object source, GenerationRequest request, AttemptNode? notIn)
    {
        if (this == notIn)
        {
            return null;
        }

        if (HasAnswered(source, request))
        {
            return Generation;
        }

        for (var i = 0; i < _children?.Count; i++)
        {
            if (_children[i].FindAnswerBelow(source, request, notIn) is { } answer)
            {
                return answer;
            }
        }

        return null;
    }
}
