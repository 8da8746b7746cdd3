namespace LlmCascade.Tests.Chaos;

/// <summary>An episode as its observer got it.</summary>
/// <param name="Cascade">The place of the nested cascade that published it; <see langword="null"/> for the outermost.</param>
/// <param name="Request">The number of the request.</param>
/// <param name="Episode">The episode.</param>
/// <param name="AtFirst">The whole episode as text, as it was when it was published.</param>
internal sealed record PublishedEpisode(string? Cascade, int Request, Episode Episode, string AtFirst);

/// <summary>An addendum as its observer got it.</summary>
/// <param name="Cascade">The place of the nested cascade that published it; <see langword="null"/> for the outermost.</param>
/// <param name="Request">The number of the request.</param>
/// <param name="Addendum">The addendum.</param>
/// <param name="AtFirst">The whole tree as text, as it was when it was published.</param>
internal sealed record PublishedAddendum(string? Cascade, int Request, EpisodeAddendum Addendum, string AtFirst);
