using System.Text.Json;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

/// <summary>What the tests of validators need.</summary>
public abstract class ValidatorTest
{
    private protected static readonly GenerationRequest Question = new("How many eggs?");

    private protected static Generation Step(string text) => new(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)));

    private protected static Generation Calls(params FunctionCallContent[] calls) => new(new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. calls])));

    private protected static FunctionCallContent Call(string name, string arguments = "{}") =>
        new("1", name, JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments));

    private protected static GenerationRequest After(params ChatMessage[] messages) => new([new(ChatRole.User, "How many eggs?"), .. messages]);

    private protected static ChatMessage Called(params FunctionCallContent[] calls) => new(ChatRole.Assistant, [.. calls]);

    private protected static ChatMessage Result(object? result, Exception? exception = null) =>
        new(ChatRole.Tool, [new FunctionResultContent("1", result) { Exception = exception }]);

    private protected static GenerationRequest AfterSteps(params ReasoningStep[] steps) =>
        Question with { Trajectory = new Trajectory(Question.Messages, [.. steps]) };

    private protected static StepCheck Check(IStepIntrospector validator, GenerationRequest request, Generation step)
    {
        Assert.False(validator.CanClear);
        var check = validator.CheckAsync(request, step, context: null);
        Assert.True(check.IsCompletedSuccessfully);
        var found = check.Result;
        Assert.Equal(validator.Id, found.Source);
        return found;
    }

    private protected static void AssertFlaw(string reason, StepCheck check)
    {
        Assert.Equal(1, check.ErrorProbability);
        Assert.Equal(reason, check.Reason);
        Assert.NotEmpty(check.Explanation!);
    }

    private protected static void AssertNothing(StepCheck check)
    {
        Assert.Null(check.ErrorProbability);
        Assert.Null(check.Reason);
        Assert.Null(check.Explanation);
    }
}
