using System.Diagnostics.CodeAnalysis;
using LlmCascade.Deferral;
using LlmCascade.Learning;
using LlmCascade.Students;

namespace LlmCascade;

/// <content>What is said about students, about the budget of the expert, and about learning.</content>
public sealed partial class CascadeBuilder
{
    internal LearningSetup Learning { get; } = new();

    internal double AuditShare { get; private set; }

    /// <summary>Gets whether anything learns, or limits the expert.</summary>
    internal bool Learns => Learning.Learners.Count > 0 || Learning.Strategies is not null || Learning.Budget is not null || _tiers.Exists(tier => tier.Student is not null);

    /// <summary>Adds a student: a tier that learns on line, from the expert's answers, which label fits a text.</summary>
    /// <param name="name">A name that is unique within the cascade.</param>
    /// <param name="configure">Says how it learns; by default it is a logistic regression over words and characters.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// The cascade needs <see cref="Classify(IEnumerable{string})"/> for the labels, and a limit of the expert's calls or a threshold, which
    /// says which answers are kept. Requests that ask for no label, or for others, pass the student by.
    /// </remarks>
    [Experimental("LLMC001")]
    public CascadeBuilder AddStudent(string name, Action<StudentOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var options = new StudentOptions();
        configure?.Invoke(options);
        _tiers.Add(new TierBuilder(name, options));
        return this;
    }

    /// <summary>Limits the calls of the expert over a stream whose length is known. The students see to it that all are spent, and on what helps most.</summary>
    /// <param name="calls">The calls, from 0 to one for each request.</param>
    /// <param name="requests">The number of requests that they are for, at least 1.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    [Experimental("LLMC001")]
    public CascadeBuilder LimitExpertCalls(long calls, long requests)
    {
        _ = ExpertBudget.OfCalls(calls, requests);
        Learning.Budget = () => ExpertBudget.OfCalls(calls, requests);
        return this;
    }

    /// <summary>Limits the calls of the expert to a share of the requests: after n requests at most share · n + burst.</summary>
    /// <param name="share">The share, above 0 and at most 1.</param>
    /// <param name="burst">The calls that may be made ahead, for the warm-up; by default as many as a student's warm-up takes, and at least 8, with which a student begins to answer.</param>
    /// <param name="spendFully">Whether at least 98 % of it is to be spent, also where the students are sure enough without.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    [Experimental("LLMC001")]
    public CascadeBuilder LimitExpertShare(double share, int? burst = null, bool spendFully = false)
    {
        _ = ExpertBudget.OfShare(share, burst ?? 0, spendFully);
        Learning.Budget = () => ExpertBudget.OfShare(
            share,
            burst ?? Math.Max(LogisticStudent.FirstLessons, _tiers.Max(tier => tier.Student?.WarmUp) ?? new StudentOptions().WarmUp),
            spendFully);
        return this;
    }

    /// <summary>Says how lessons reach the learners; by default each is learned before its request ends.</summary>
    /// <param name="configure">Says it; several calls add up.</param>
    /// <returns>This builder.</returns>
    [Experimental("LLMC001")]
    public CascadeBuilder Learn(Action<LearningOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Learning.Options);
        return this;
    }

    /// <summary>Asks the expert also about a random share of the answers that were kept, beside the requests, which do not wait for it.</summary>
    /// <param name="share">The share, from 0 to 1.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// Each audit costs a call of the expert, also of its budget. What it finds is learned, with its probability, and told to
    /// <see cref="OnAddendum"/>. Requests that allow no learning are not audited.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is outside its range.</exception>
    [Experimental("LLMC004")]
    public CascadeBuilder Audit(double share)
    {
        AuditShare = share is >= 0 and <= 1 ? share : throw new ArgumentOutOfRangeException(nameof(share), share, "A share lies between 0 and 1.");
        return this;
    }

    /// <summary>Adds somebody who learns from the expert's answers.</summary>
    /// <param name="learner">
    /// The learner; it stays the host's to dispose. Where it is <see cref="ICheckpointed"/>, <see cref="SaveLearningTo"/>
    /// keeps it as well, under its kind.
    /// </param>
    /// <returns>This builder.</returns>
    [Experimental("LLMC001")]
    public CascadeBuilder AddLearner(IOnlineLearner learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        Learning.Learners.Add(learner);
        return this;
    }

    /// <summary>Says which of the expert's answers may be learned from; by default all that it stands by.</summary>
    /// <param name="condition">The condition, thread-safe, on the episode with the expert's answer, also one of an audit. What it throws counts as no.</param>
    /// <returns>This builder.</returns>
    [Experimental("LLMC001")]
    public CascadeBuilder AcceptForLearning(Func<Episode, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        Learning.Accept = condition;
        return this;
    }

    /// <summary>Keeps what is learned in a file: loaded before the first request where there is a host, and saved while it runs and when it stops.</summary>
    /// <param name="path">
    /// The file. Its folder is made when something is saved. One process at a time writes it, and, where the expert is
    /// limited, a note of what was spent since, with <c>.spent</c> behind the name.
    /// </param>
    /// <param name="saveEvery">After how many lessons it is saved, at least 1; 1,000 by default.</param>
    /// <param name="startUntrainedIfCorrupt">
    /// Whether the cascade starts untrained, and logs it, where the file is damaged or does not fit; by default it fails
    /// to start. The damaged file is left as it is until the next save, which keeps it with <c>.rejected</c> behind its name.
    /// </param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// Students, the budget of the expert and learners that are <see cref="ICheckpointed"/> are kept. Without a host,
    /// <see cref="CascadeLearning.LoadAsync"/> and <see cref="CascadeLearning.SaveAsync"/> do it.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or <paramref name="saveEvery"/> is below 1.</exception>
    [Experimental("LLMC001")]
    public CascadeBuilder SaveLearningTo(string path, int saveEvery = 1000, bool startUntrainedIfCorrupt = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(saveEvery, 1);
        Learning.Path = path;
        Learning.SaveEvery = saveEvery;
        Learning.StartsUntrainedIfCorrupt = startUntrainedIfCorrupt;
        return this;
    }
}
