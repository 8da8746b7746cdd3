using System.Reflection;
using Xunit;

namespace LlmCascade.Tests.Testing;

/// <summary>The tests that docs/testing.md shows are run, not only compiled.</summary>
public sealed class DocumentedTests
{
    private static readonly IReadOnlyDictionary<string, MethodInfo> _tests = Assembly.Load("Documentation")
        .GetTypes()
        .SelectMany(type => type.GetMethods())
        .Where(method => method.GetCustomAttributes().Any(attribute => attribute.GetType().Name == "FactAttribute"))
        .ToDictionary(method => $"{method.DeclaringType!.Name}.{method.Name}");

    public static TheoryData<string> Names() => [.. _tests.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_test_in_the_documentation_passes(string name)
    {
        var test = _tests[name];
        await (Task)test.Invoke(Activator.CreateInstance(test.DeclaringType!), null)!;
    }
}
