namespace LlmCascade.Tests.Chaos;

/// <summary>What policies do.</summary>
internal enum Judgement
{
    /// <summary>Keeps every answer.</summary>
    Keeps,

    /// <summary>Keeps what the exact signals do not speak against, as tiers made with the builder do.</summary>
    KeepsWhenValid,

    /// <summary>Keeps every second answer by a draw.</summary>
    Explores,

    /// <summary>Keeps after a while.</summary>
    KeepsSlowly,

    /// <summary>Defers to the next tier.</summary>
    Defers,

    /// <summary>Defers to the expert.</summary>
    DefersToExpert,

    /// <summary>Says what only an expert's policy can mean.</summary>
    Abstains,

    /// <summary>Has no opinion.</summary>
    IsSilent,

    /// <summary>Throws before there is a task.</summary>
    ThrowsAtOnce,

    /// <summary>Throws after a while.</summary>
    ThrowsAfterAWhile,

    /// <summary>Decides nothing until it is cancelled.</summary>
    Hangs,

    /// <summary>Decides nothing until nobody waits for it any more.</summary>
    IgnoresCancellation,

    /// <summary>Lets nobody in.</summary>
    RefusesEntry,

    /// <summary>Throws at the door.</summary>
    ThrowsAtEntry,

    /// <summary>Takes a while to let the tier in, and keeps its answer.</summary>
    AdmitsSlowly,

    /// <summary>Pays a model that is asked about the answer, and keeps it whatever that model says, but not when it breaks.</summary>
    AsksAModel,

    /// <summary>Knows from the first token on that it will not keep the answer.</summary>
    GivesUp,
}
