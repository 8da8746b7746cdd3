using System.Text.Json;
using LlmCascade.Encoders;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Computes sentence embeddings with a BERT model in ONNX format, on the processor.</summary>
/// <remarks>
/// <para>
/// The folder is one as Hugging Face has them: <c>model.onnx</c>, <c>vocab.txt</c>, and optionally <c>config.json</c>,
/// <c>tokenizer_config.json</c>, <c>sentence_bert_config.json</c> and <c>1_Pooling/config.json</c>. Weights that the model keeps in
/// another file of the folder are found there.
/// </para>
/// <para>
/// Texts are sorted by length and computed in batches; results come in the order of the texts. It is safe for any number of
/// threads, and computes on a thread of the pool. Cancellation stops the computation.
/// </para>
/// </remarks>
public sealed class OnnxEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly BertVocabulary _vocabulary;
    private readonly Leased<OnnxEncoder> _encoder;
    private readonly EmbeddingPooling _pooling;
    private readonly bool _normalizes;
    private readonly int _tokensPerBatch;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Loads a model.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="options">How to read it and to compute with it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file that is needed is not in the folder.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or is not that of a BERT model.</exception>
    public OnnxEmbeddingGenerator(string folder, OnnxEmbeddingOptions? options = null)
    {
        options ??= new OnnxEmbeddingOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTokens ?? 2, 2, $"{nameof(options)}.{nameof(options.MaxTokens)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TokensPerBatch, 2, $"{nameof(options)}.{nameof(options.TokensPerBatch)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads ?? 1, 1, $"{nameof(options)}.{nameof(options.Threads)}");
        if (options.Pooling is { } pooling && !Enum.IsDefined(pooling))
        {
            throw new ArgumentOutOfRangeException($"{nameof(options)}.{nameof(options.Pooling)}", pooling, "It is neither the mean nor the first token.");
        }

        var model = new ModelFolder(folder);
        var config = model.ReadSettings("config.json");
        var positions = config.Number("max_position_embeddings");
        if (positions < 2)
        {
            throw new InvalidDataException($"'{model.Path}' has {positions} max_position_embeddings in config.json, and a text has at least 2 tokens.");
        }

        var longest = model.ReadSettings("sentence_bert_config.json").Number("max_seq_length");
        if (longest < 2)
        {
            throw new InvalidDataException($"'{model.Path}' has a max_seq_length of {longest} in sentence_bert_config.json, and a text has at least 2 tokens.");
        }

        MaxTokens = options.MaxTokens ?? Math.Min(longest ?? int.MaxValue, positions ?? 512);
        if (MaxTokens > positions)
        {
            throw new ArgumentOutOfRangeException(
                $"{nameof(options)}.{nameof(options.MaxTokens)}", MaxTokens, $"The model in '{model.Path}' reads at most {positions} tokens.");
        }

        _pooling = options.Pooling ?? PoolingOf(model);
        _normalizes = options.Normalize;
        _tokensPerBatch = options.TokensPerBatch;
        _vocabulary = BertVocabulary.Load(model, config.Number("vocab_size"), config.Number("pad_token_id"));
        var encoder = OnnxEncoder.Load(options.ModelFile is { } file ? model.Find(file) : model.Find("model.onnx", "onnx/model.onnx"), options.Threads);
        _encoder = new Leased<OnnxEncoder>(encoder);
        _metadata = new EmbeddingGeneratorMetadata("onnx", null, options.ModelId ?? model.Name + (options.ModelFile is { } named ? "/" + named : ""), encoder.Dimensions);
    }

    /// <summary>Gets how many tokens of a text are read.</summary>
    public int MaxTokens { get; }

    /// <inheritdoc />
    /// <remarks>The usage of the result counts the tokens read. A dimension or a model that the options ask for must be this one's.</remarks>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>, or the options ask for another dimension or model.</exception>
    /// <exception cref="ObjectDisposedException">The generator was disposed.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values];
        if (Array.IndexOf(texts, null) is var place and >= 0)
        {
            throw new ArgumentException($"The text in place {place} is null.", nameof(values));
        }

        if (options?.Dimensions is { } dimensions && dimensions != _metadata.DefaultModelDimensions)
        {
            throw new ArgumentException($"The model has {_metadata.DefaultModelDimensions} dimensions, and {dimensions} are asked for.", nameof(options));
        }

        if (options?.ModelId is { } id && id != _metadata.DefaultModelId)
        {
            throw new ArgumentException($"The model is {_metadata.DefaultModelId}, and {id} is asked for.", nameof(options));
        }

        ObjectDisposedException.ThrowIf(!_encoder.TryEnter(), this);
        try
        {
            return await Task.Run(() => Embed(_encoder.Value, texts, cancellationToken), cancellationToken);
        }
        finally
        {
            _encoder.Leave();
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Releases the model as soon as nobody computes with it.</summary>
    public void Dispose() => _encoder.Dispose();

    private static EmbeddingPooling PoolingOf(ModelFolder model)
    {
        var settings = model.ReadSettings("1_Pooling/config.json");
        var isMean = settings.Flag("pooling_mode_mean_tokens") ?? true;
        var isFirst = settings.Flag("pooling_mode_cls_token") ?? false;
        var isOther = settings.ValueKind == JsonValueKind.Object && settings.EnumerateObject().Any(mode =>
            mode.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && mode.Name is not ("pooling_mode_mean_tokens" or "pooling_mode_cls_token") && mode.Value.ValueKind == JsonValueKind.True);
        return isMean != isFirst && !isOther
            ? isMean ? EmbeddingPooling.Mean : EmbeddingPooling.FirstToken
            : throw new InvalidDataException($"'{model.Path}' asks for another pooling than the mean or the first token. Choose one in the options.");
    }

    private GeneratedEmbeddings<Embedding<float>> Embed(OnnxEncoder encoder, string[] texts, CancellationToken cancellationToken)
    {
        var tokens = new int[texts.Length][];
        var order = new int[texts.Length];
        var sum = 0L;
        for (var i = 0; i < texts.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            order[i] = i;
            tokens[i] = _vocabulary.Encode(texts[i], MaxTokens);
            sum += tokens[i].Length;
        }

        Array.Sort(order, (a, b) => tokens[a].Length.CompareTo(tokens[b].Length));
        var embeddings = new Embedding<float>[texts.Length];
        for (var start = 0; start < order.Length;)
        {
            var end = EndOfBatch(order, start, tokens);
            var batch = TokenBatch.Create([.. order[start..end].Select(i => tokens[i])], _vocabulary.Padding);
            using var states = encoder.Run(batch, cancellationToken);
            for (var row = 0; row < batch.Rows; row++)
            {
                embeddings[order[start + row]] = new Embedding<float>(states.Pool(row, _pooling, _normalizes)) { ModelId = _metadata.DefaultModelId };
            }

            start = end;
        }

        return new GeneratedEmbeddings<Embedding<float>>(embeddings)
        {
            Usage = new UsageDetails { InputTokenCount = sum, TotalTokenCount = sum },
        };
    }

    private int EndOfBatch(int[] order, int start, int[][] tokens)
    {
        var end = start + 1;
        while (end < order.Length && (end + 1 - start) * (long)tokens[order[end]].Length <= _tokensPerBatch)
        {
            end++;
        }

        return end;
    }
}
