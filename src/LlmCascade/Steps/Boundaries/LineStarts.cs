namespace LlmCascade.Steps.Boundaries;

/// <summary>Goes through the lines of a text, the last one of which may still grow.</summary>
internal ref struct LineStarts(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _next;

    /// <summary>Gets where the line begins in the text.</summary>
    public int Start { get; private set; }

    /// <summary>Gets the text from the beginning of the line on.</summary>
    public readonly ReadOnlySpan<char> Rest => _text[Start..];

    public bool MoveNext()
    {
        if (_next > _text.Length || _text.IsEmpty)
        {
            return false;
        }

        Start = _next;
        var length = _text[Start..].IndexOf('\n');
        _next = length < 0 ? _text.Length + 1 : Start + length + 1;
        return true;
    }
}
