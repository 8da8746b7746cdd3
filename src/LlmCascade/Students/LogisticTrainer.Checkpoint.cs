using LlmCascade.Calibration;

namespace LlmCascade.Students;

internal sealed partial class LogisticTrainer
{
    private const int MostDimensions = 1 << 16;

    /// <summary>Writes everything that learning depends on.</summary>
    /// <param name="writer">Where the bytes go. It stays open.</param>
    public void Write(BinaryWriter writer)
    {
        writer.Write(_settings.ClassCount);
        writer.Write(_settings.Dimension);
        writer.Write(_random.State);
        writer.Write(_lessons);
        writer.Write(_sinceReplay);
        writer.Write(Steps);
        writer.Write(_vocabulary.Count);
        foreach (var feature in _vocabulary.Features)
        {
            writer.Write(feature);
        }

        writer.Write(_texts.Count);
        foreach (var text in _texts)
        {
            WriteText(writer, text);
        }

        WriteModel(writer, _model);
    }

    /// <summary>Writes what is known of embeddings, after everything else.</summary>
    public void WriteEmbeddings(BinaryWriter writer)
    {
        var dimensions = _texts.Count == 0 ? 0 : _texts[0].Embedding.Length;
        writer.Write(dimensions);
        foreach (var text in _texts)
        {
            WriteNumbers(writer, text.Embedding);
        }

        writer.Write(_model.Dense.Length);
        WriteNumbers(writer, _model.Dense);
    }

    /// <summary>Reads what <see cref="WriteEmbeddings"/> has written.</summary>
    /// <exception cref="InvalidDataException">The bytes make no sense.</exception>
    public void ReadEmbeddings(BinaryReader reader)
    {
        var dimensions = ReadCount(reader, MostDimensions);
        foreach (var text in _texts)
        {
            text.Embedding = ReadNumbers(reader, dimensions);
        }

        var weights = reader.ReadInt32();
        if (weights != 0 && weights != dimensions * _settings.ClassCount)
        {
            throw new InvalidDataException($"It has {weights} weights for {dimensions} dimensions and {_settings.ClassCount} classes.");
        }

        _model = _model.With(ReadNumbers(reader, weights));
    }

    private static void WriteNumbers(BinaryWriter writer, ReadOnlySpan<float> numbers)
    {
        foreach (var number in numbers)
        {
            writer.Write(number);
        }
    }

    private static float[] ReadNumbers(BinaryReader reader, int count)
    {
        var numbers = new float[count];
        foreach (ref var number in numbers.AsSpan())
        {
            number = reader.ReadSingle();
        }

        return Array.TrueForAll(numbers, float.IsFinite) ? numbers : throw new InvalidDataException("A weight or an embedding is no finite number.");
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="version">The version of the student whose bytes they are.</param>
    /// <param name="settings">The settings to go on with.</param>
    /// <returns>A trainer that goes on exactly as if it had never stopped.</returns>
    /// <exception cref="InvalidDataException">The bytes make no sense, or are those of other classes or another dimension.</exception>
    public static LogisticTrainer Read(BinaryReader reader, int version, LogisticSettings settings)
    {
        var (classes, dimension) = (reader.ReadInt32(), reader.ReadInt32());
        if (classes != settings.ClassCount || dimension != settings.Dimension)
        {
            throw new InvalidDataException(
                $"It is a logistic regression of {classes} classes and {dimension} features, where one of {settings.ClassCount} and {settings.Dimension} is expected.");
        }

        var trainer = new LogisticTrainer(settings, new SplitMix(reader.ReadUInt64()))
        {
            _lessons = reader.ReadInt64(),
            _sinceReplay = reader.ReadInt32(),
            _steps = reader.ReadInt64(),
        };
        if (trainer._lessons < 0 || trainer._sinceReplay < 0 || trainer._steps < 0)
        {
            throw new InvalidDataException($"It counts {trainer._lessons} lessons, {trainer._sinceReplay} of them new, and {trainer._steps} steps.");
        }

        var features = ReadCount(reader, dimension);
        for (var i = 0; i < features; i++)
        {
            var feature = reader.ReadInt32();
            if ((uint)feature >= (uint)dimension || trainer._vocabulary.FindOrAdd(feature) != i)
            {
                throw new InvalidDataException($"The feature {feature} is out of range, or is there twice.");
            }
        }

        var texts = ReadCount(reader, int.MaxValue);
        for (var i = 0; i < texts; i++)
        {
            trainer.Keep(i, ReadText(reader, version, classes, features));
        }

        trainer._model = ReadModel(reader, version, settings, trainer._vocabulary);
        return trainer;
    }

    private static void WriteText(BinaryWriter writer, LearnedText text)
    {
        writer.Write(text.Label);
        writer.Write(text.Lesson);
        foreach (var probability in text.Estimate)
        {
            writer.Write(probability);
        }

        writer.Write(text.Features.Length);
        foreach (var number in text.Features)
        {
            writer.Write7BitEncodedInt(number);
        }
    }

    private static LearnedText ReadText(BinaryReader reader, int version, int classes, int known)
    {
        var label = reader.ReadInt32();
        if (version == 1)
        {
            // How often it counted: once, always.
            _ = reader.ReadDouble();
        }

        var lesson = reader.ReadInt64();
        if ((uint)label >= (uint)classes || lesson < 0)
        {
            throw new InvalidDataException($"A demonstration of the class {label} in lesson {lesson} makes no sense.");
        }

        var estimate = new double[classes];
        foreach (ref var probability in estimate.AsSpan())
        {
            probability = ReadFinite(reader);
        }

        var features = new int[ReadCount(reader, known)];
        foreach (ref var number in features.AsSpan())
        {
            number = reader.Read7BitEncodedInt();
            if ((uint)number >= (uint)known)
            {
                throw new InvalidDataException($"A demonstration has the feature {number}, and there are {known}.");
            }
        }

        return new LearnedText { Features = features, Label = label, Lesson = lesson, Estimate = estimate };
    }

    private static void WriteModel(BinaryWriter writer, LogisticModel model)
    {
        writer.Write(model.Demonstrations);
        writer.Write(model.UnknownSpread);
        foreach (var bias in model.Bias)
        {
            writer.Write(bias);
        }

        writer.Write(model.AllRows.Length);
        WriteNumbers(writer, model.AllRows);
    }

    private static LogisticModel ReadModel(BinaryReader reader, int version, LogisticSettings settings, Vocabulary vocabulary)
    {
        if (version == 1)
        {
            // How many models there had been.
            _ = reader.ReadInt64();
        }

        var (demonstrations, unknownSpread) = (reader.ReadInt32(), reader.ReadSingle());
        if (demonstrations < 0 || unknownSpread is not (>= 0 and < float.PositiveInfinity))
        {
            throw new InvalidDataException($"A model of {demonstrations} demonstrations and a spread of {unknownSpread} makes no sense.");
        }

        var bias = new double[settings.ClassCount];
        foreach (ref var number in bias.AsSpan())
        {
            number = ReadFinite(reader);
        }

        var rows = ReadNumbers(reader, ReadCount(reader, vocabulary.Count * Rows.Stride(settings.ClassCount)));
        return new LogisticModel(settings, vocabulary, rows, bias, unknownSpread) { Demonstrations = demonstrations };
    }

    private static double ReadFinite(BinaryReader reader) =>
        reader.ReadDouble() is var number && double.IsFinite(number) ? number : throw new InvalidDataException($"An estimate or an intercept is {number}.");

    private static int ReadCount(BinaryReader reader, int most)
    {
        var count = reader.ReadInt32();
        return (uint)count <= (uint)most ? count : throw new InvalidDataException($"A count of {count} is out of range; at most {most} is possible.");
    }
}
