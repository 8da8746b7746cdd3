namespace LlmCascade.Students;
internal static class LogisticStudent { public static IStudent Create(LabelSpace labels, ulong seed) => throw new NotSupportedException(labels.ToString() + seed); }
