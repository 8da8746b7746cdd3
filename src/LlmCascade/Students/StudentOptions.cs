using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace LlmCascade.Students;

/// <summary>How a student learns, and when its answers are kept.</summary>
[Experimental("LLMC001")]
public sealed class StudentOptions
{
    /// <summary>Gets or sets the lowest confidence that is kept, above 0 and at most 1.</summary>
    /// <value>
    /// <see langword="null"/>, the default, leaves it to the budget of the expert: as many answers are deferred as it
    /// allows, the least certain ones.
    /// </value>
    public double? Threshold { get; set; }

    /// <summary>Gets or sets how many demonstrations the student learns before an answer of it is kept, at least 0.</summary>
    /// <value>100 by default. Of a limited number of calls at most 30 % go into it.</value>
    public int WarmUp { get; set; } = 100;

    /// <summary>Gets or sets the share of its keeps about which the expert is asked as well, from 0 to below 1.</summary>
    /// <value>
    /// 0.01 by default. Audits show what the student gets wrong where it is sure, and whether the world has changed; at 0
    /// nobody would notice.
    /// </value>
    public double AuditShare { get; set; } = 0.01;

    /// <summary>Gets or sets what the student's confidence is.</summary>
    /// <value><see cref="DeferralScore.Calibrated"/> by default.</value>
    public DeferralScore Score { get; set; }

    /// <summary>Gets or sets how much more a demonstration of a rare label counts than one of a frequent label, from 0 to 1.</summary>
    /// <value>
    /// 0 by default: all count alike. At 1 all labels weigh the same, however rare. The student then names rare labels more
    /// often, rightly and wrongly, and its probabilities say less about how frequent they are. It is for logistic
    /// regression over words and embeddings; other students take no notice of it.
    /// </value>
    public double Balance { get; set; }

    /// <summary>Gets or sets who makes the student, for other kinds than the logistic regression that learns by default.</summary>
    /// <value>
    /// It gets the labels, which the student has to choose from, and a seed. The cascade disposes what it makes, where that
    /// can be disposed. <see langword="null"/> by default.
    /// </value>
    public Func<LabelSpace, ulong, IStudent>? Create
    {
        get;
        set => (field, IsBuiltIn, CreateWith) = (value, value is null, null);
    }

    /// <summary>Gets whether the library makes the student, which predicts after <see cref="LogisticStudent.FirstLessons"/> lessons.</summary>
    internal bool IsBuiltIn { get; private set; } = true;

    /// <summary>Gets what makes <see cref="Create"/> of the container's services; <see langword="null"/> where it needs none.</summary>
    internal Func<IServiceProvider, Func<LabelSpace, ulong, IStudent>>? CreateWith { get; private set; }

    /// <summary>Lets the student look at words alone, which it does by default.</summary>
    /// <returns>These options.</returns>
    public StudentOptions UseLogisticRegression()
    {
        Create = null;
        return this;
    }

    /// <summary>Lets the student look at embeddings of texts.</summary>
    /// <param name="generator">Who embeds them; it stays the host's to dispose. Each text is embedded once per request.</param>
    /// <param name="alsoWords">Whether the student looks at words as well, in one logistic regression; it nearly always should.</param>
    /// <param name="cost">What it costs to embed a text, in units of a BERT-base of 110 million parameters, above 0.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="cost"/> is not above 0.</exception>
    public StudentOptions UseEmbeddings(IEmbeddingGenerator<string, Embedding<float>> generator, bool alsoWords = true, double cost = 0.1)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cost);
        ArgumentOutOfRangeException.ThrowIfEqual(double.IsFinite(cost), false, nameof(cost));
        Create = (labels, seed) => LogisticStudent.CreateWithEmbeddings(labels, seed, generator, alsoWords, cost, Balance);
        IsBuiltIn = true;
        return this;
    }

    /// <summary>Lets the student look at words and at embeddings of texts, by a generator of the container.</summary>
    /// <param name="generator">Finds the generator when the cascade is built; it stays the container's to dispose. Each text is embedded once per request.</param>
    /// <returns>These options.</returns>
    public StudentOptions UseEmbeddings(Func<IServiceProvider, IEmbeddingGenerator<string, Embedding<float>>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        Create = null;
        CreateWith = services =>
        {
            var own = new StudentOptions { Balance = Balance };
            return own.UseEmbeddings(generator(services)
                ?? throw new InvalidOperationException("UseEmbeddings found no embedding generator in the container. Register one, such as with AddOnnxEmbeddingGenerator.")).Create!;
        };
        return this;
    }

    /// <summary>Finds what is wrong with the options of a student, with the way out.</summary>
    internal IEnumerable<string> FindMistakes(string name, bool hasBudget)
    {
        if (Threshold is not (null or (> 0 and <= 1)))
        {
            yield return $"The student '{name}' has a Threshold of {Threshold}. It lies above 0 and is at most 1.";
        }

        if (Threshold is null && !hasBudget)
        {
            yield return $"Nobody says which answers of the student '{name}' are kept. Limit the expert with .LimitExpertCalls(…) or .LimitExpertShare(…), or give the student a Threshold.";
        }

        if (WarmUp < 0)
        {
            yield return $"The student '{name}' has a WarmUp of {WarmUp}. It is at least 0.";
        }

        if (Balance is not (>= 0 and <= 1))
        {
            yield return $"The student '{name}' has a Balance of {Balance}. It lies from 0 to 1.";
        }

        if (AuditShare is not (>= 0 and < 1))
        {
            yield return $"The student '{name}' has an AuditShare of {AuditShare}. It lies from 0 to below 1.";
        }

        if (!Enum.IsDefined(Score))
        {
            yield return $"The student '{name}' has the Score {Score}, which is none of {string.Join(", ", Enum.GetNames<DeferralScore>())}.";
        }
    }
}
