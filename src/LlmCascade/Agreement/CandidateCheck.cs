using LlmCascade.Agreement.Measures;
using LlmCascade.Deferral;

namespace LlmCascade.Agreement;

/// <summary>Tells which answers can be compared.</summary>
internal static class CandidateCheck
{
    /// <summary>Finds why an answer takes no part; <see langword="null"/> where it does.</summary>
    public static string? FindExclusion(GenerationRequest request, Generation answer) =>
        ResponseContent.FindError(answer.Response) is not null ? AgreementReasons.Failed
        : answer.IsAbstained ? AgreementReasons.Abstained
        : ResponseContent.IsEmpty(answer.Response) ? AgreementReasons.Empty
        : ValidityPolicy.FindFlaw(request.Options, answer.Response) is { } flaw ? flaw
        : ToolCalls.In(answer).Count == 0 && Refusal.Is(answer.Response.Text) ? AgreementReasons.Refused
        : null;
}
