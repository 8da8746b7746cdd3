using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace LlmCascade.Tests.Telemetry;

/// <summary>What one instrument was told once.</summary>
internal sealed record Measured(string Instrument, double Value, IReadOnlyDictionary<string, object?> Tags);

/// <summary>The meters of one application, and all that their instruments are told.</summary>
internal sealed class Meters : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentQueue<Measured> _measurements = new();
    private readonly MeterListener _listener;

    public Meters()
    {
        Factory = _services.GetRequiredService<IMeterFactory>();
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == Factory)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IMeterFactory Factory { get; }

    public IReadOnlyList<Measured> Measurements => [.. _measurements];

    /// <summary>Sums what an instrument was told, by the values of some tags.</summary>
    public IEnumerable<(string Tags, double Sum)> Sums(string instrument, params string[] tags) =>
        from each in Measurements
        where each.Instrument == instrument
        group each.Value by string.Join(", ", tags.Select(tag => each.Tags.GetValueOrDefault(tag) ?? "-")) into values
        select (values.Key, values.Sum());

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Enqueue(new(instrument.Name, value, tags.ToArray().ToDictionary()));
}
