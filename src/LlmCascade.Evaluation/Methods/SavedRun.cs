using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LlmCascade.Persistence;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>How far a run of a cascade has come, in a file of its own from which the run is taken up again.</summary>
/// <remarks>The file is named after everything that the run depends on, this build of the library included, so that no other run is ever taken up.</remarks>
internal sealed class SavedRun : ICheckpointed
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private readonly OnlineCascade _students;
    private readonly CheckpointStore _store;
    private readonly CheckpointStore _outcomesOnly;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly List<ItemOutcome> _outcomes = [];
    private (double Inference, double Training) _costBefore;
    private TimeSpan _timeBefore;
    private long _startedAt;
    private long _savedAt;

    public SavedRun(string folder, string identity, OnlineCascade students, ICheckpointed spending)
    {
        _students = students;
        var path = Path.Combine(folder, $"replay-{identity}.checkpoint");
        var outcomes = KeyValuePair.Create<string, ICheckpointed>("outcomes", this);
        _store = new CheckpointStore(path, [outcomes, KeyValuePair.Create("spending", spending), .. students.Parts]);
        _outcomesOnly = new CheckpointStore(path, [outcomes]);
        _startedAt = _savedAt = _time.GetTimestamp();
    }

    public string Kind => "replay-outcomes";

    public int Version => 1;

    /// <summary>Gets what was made of the items so far.</summary>
    public IReadOnlyList<ItemOutcome> Outcomes => _outcomes;

    private double InferenceCost => _costBefore.Inference + _students.InferenceCost;

    private double TrainingCost => _costBefore.Training + _students.TrainingCost;

    // Pauses left out.
    private TimeSpan Elapsed => _timeBefore + _time.GetElapsedTime(_startedAt);

    /// <summary>Names a run after everything that it depends on.</summary>
    public static string IdentityOf(IReadOnlyList<StreamItem> items, RecordedExpert expert, ReplayOptions options, ulong seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(string.Create(CultureInfo.InvariantCulture, $"{typeof(OnlineCascade).Module.ModuleVersionId} {typeof(SavedRun).Module.ModuleVersionId} {expert.Budget} {options.Deferral} {options.ExpertCost} {seed} {expert.Labels}"));
        foreach (var tier in options.Tiers)
        {
            Add(tier.Name);
            Add(tier.Settings);
        }

        foreach (var item in items)
        {
            Add(item.Text);
            Add(expert.LabelForReport(item) ?? "");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));

        void Add(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }
    }

    /// <summary>Takes the run up where it was saved.</summary>
    /// <exception cref="CheckpointException">The file cannot be read or is damaged.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var found = await _store.ReadAsync(cancellationToken);
        found.Install();

        // Students remember their steps, but not what they were asked: what they count themselves is no part of what was before.
        var before = _costBefore;
        _costBefore = default;
        _costBefore = _outcomes.Count == 0 ? default : (before.Inference - InferenceCost, before.Training - TrainingCost);
        _startedAt = _savedAt = _time.GetTimestamp();
        if (!found.IsFound)
        {
            // A folder that cannot be written to is better known before the run than after it.
            _outcomesOnly.Save();
        }
    }

    /// <summary>Adds what was made of the next item, and saves the run now and then.</summary>
    public void Add(ItemOutcome outcome)
    {
        _outcomes.Add(outcome);
        if (_time.GetElapsedTime(_savedAt) >= _interval)
        {
            Save();
        }
    }

    /// <summary>Saves the run as it is.</summary>
    public void Save()
    {
        _store.Save();
        _savedAt = _time.GetTimestamp();
    }

    /// <summary>Tells what the run came to.</summary>
    public ReplayRun ToRun() => new(
        [.. _outcomes], [.. _students.Seats.Select(seat => seat.Name)], InferenceCost, TrainingCost, Elapsed.TotalSeconds);

    /// <summary>Saves the run that has come to its end, without what the students know.</summary>
    public void Finish() => _outcomesOnly.Save();

    public void Write(BinaryWriter writer)
    {
        writer.Write(InferenceCost);
        writer.Write(TrainingCost);
        writer.Write(Elapsed.Ticks);
        writer.Write(_outcomes.Count);
        foreach (var outcome in _outcomes)
        {
            writer.Write(outcome.Label ?? "");
            writer.Write(outcome.AnsweredBy);
            writer.Write(outcome.ExpertCalled);
            foreach (var label in outcome.StudentLabels)
            {
                writer.Write(label ?? "");
            }
        }
    }

    public Action Read(BinaryReader reader, int version)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (inference, training, time) = (reader.ReadDouble(), reader.ReadDouble(), new TimeSpan(reader.ReadInt64()));
        var outcomes = new ItemOutcome[reader.ReadInt32()];
        foreach (ref var outcome in outcomes.AsSpan())
        {
            outcome = new(Label(), reader.ReadString(), reader.ReadBoolean(), [.. _students.Seats.Select(_ => Label())]);
        }

        return () =>
        {
            _outcomes.Clear();
            _outcomes.AddRange(outcomes);
            (_costBefore, _timeBefore) = ((inference, training), time);
        };

        string? Label() => reader.ReadString() is { Length: > 0 } label ? label : null;
    }
}
