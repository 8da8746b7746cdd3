namespace LlmCascade.Steps.Logs;

/// <summary>Goes through lists of which JSON says nothing about their elements.</summary>
internal static class ListElements
{
    public static List<TResult> Each<T, TResult>(this IReadOnlyList<T> list, Func<T, TResult> convert, string name)
        where T : class =>
        [.. list.Select(element => convert(element ?? throw new ArgumentException($"an element of \"{name}\" is null")))];
}
