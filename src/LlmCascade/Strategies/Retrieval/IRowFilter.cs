namespace LlmCascade.Strategies.Retrieval;

/// <summary>Says which rows may be found. A structure, so that asking it costs nothing.</summary>
internal interface IRowFilter
{
    bool Accepts(int row);
}
