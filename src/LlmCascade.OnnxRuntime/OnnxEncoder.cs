using LlmCascade.Encoders;
using Microsoft.ML.OnnxRuntime;

namespace LlmCascade;

/// <summary>A session of ONNX Runtime with a BERT model. Thread-safe.</summary>
internal sealed class OnnxEncoder : IDisposable
{
    private const string Tokens = "input_ids";
    private const string Mask = "attention_mask";
    private const string Types = "token_type_ids";

    private readonly InferenceSession _session;
    private readonly string[] _inputs;
    private readonly string _output;

    private OnnxEncoder(InferenceSession session, string output, int dimensions)
    {
        _session = session;
        _inputs = [.. session.InputNames];
        _output = output;
        Dimensions = dimensions;
    }

    /// <summary>Gets how many numbers there are for each token.</summary>
    public int Dimensions { get; }

    /// <summary>Loads a model.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or is not a BERT model.</exception>
    /// <param name="file">The file of the model.</param>
    /// <param name="threads">How many threads compute; as many as there are cores where it is <see langword="null"/>.</param>
    public static OnnxEncoder Load(string file, int? threads)
    {
        InferenceSession session;
        try
        {
            using var options = new SessionOptions();
            if (threads is { } count)
            {
                options.IntraOpNumThreads = count;
            }

            session = new InferenceSession(file, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"'{file}' cannot be loaded: {e.Message}", e);
        }

        var unknown = session.InputNames.Except([Tokens, Mask, Types]).ToList();
        var (output, metadata) = session.OutputMetadata.FirstOrDefault(
            each => each.Value.ElementType == typeof(float) && each.Value.Dimensions is [_, _, > 0]);
        if (unknown.Count == 0 && session.InputNames.Contains(Tokens) && session.InputNames.Contains(Mask) && output is not null)
        {
            return new OnnxEncoder(session, output, metadata.Dimensions[2]);
        }

        var inputs = string.Join(", ", session.InputNames);
        var outputs = string.Join(", ", session.OutputMetadata.Select(each => $"{each.Key} [{string.Join(", ", each.Value.Dimensions)}]"));
        session.Dispose();
        throw new InvalidDataException(
            $"'{file}' is no BERT model: it takes {inputs} and gives {outputs}. It should take {Tokens}, {Mask} and perhaps {Types}, and give an embedding for each token.");
    }

    /// <summary>Computes the embeddings of tokens.</summary>
    /// <returns>They live until it is disposed.</returns>
    public TokenStates Run(TokenBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var options = new RunOptions();
        using var registration = cancellationToken.Register(() => options.Terminate = true);
        long[] shape = [batch.Rows, batch.Columns];
        var inputs = Array.ConvertAll(_inputs, name => OrtValue.CreateTensorValueFromMemory(
            name switch { Tokens => batch.Tokens, Mask => batch.Mask, _ => new long[batch.Tokens.Length] }, shape));
        try
        {
            return new TokenStates(batch, _session.Run(options, _inputs, inputs, [_output]), Dimensions);
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidOperationException($"The model cannot compute a batch of {batch.Rows} texts of {batch.Columns} tokens; its vocab.txt may belong to another model. {e.Message}", e);
        }
        finally
        {
            Array.ForEach(inputs, input => input.Dispose());
        }
    }

    public void Dispose() => _session.Dispose();
}
