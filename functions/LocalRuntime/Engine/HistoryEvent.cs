using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace LdapSync.LocalRuntime.Engine;

internal enum EventKind
{
    /// <summary>In: the orchestration begins; Data is its input.</summary>
    Started,

    /// <summary>Out: an activity is to run; Data is its input.</summary>
    TaskScheduled,
    TaskCompleted,
    TaskFailed,

    /// <summary>Out: a sub-orchestration is to run as Instance; Data is its input.</summary>
    SubCreated,
    SubCompleted,
    SubFailed,

    /// <summary>Out: a timer is to fire at At.</summary>
    TimerCreated,
    TimerFired,

    /// <summary>In: an event; Instance is the sender's mark when another orchestration sent it.</summary>
    EventRaised,

    /// <summary>Out: an event for Instance.</summary>
    EventSent,

    /// <summary>Out: the orchestration returned (Data), failed (Failure) or begins anew (Data is the next input).</summary>
    Ended,
}

/// <summary>One thing that happened to an orchestration (in) or that it asked for (out). Id is the number of the call in its orchestration.</summary>
internal sealed record HistoryEvent
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required EventKind Kind { get; init; }

    public int Id { get; init; }

    public string? Name { get; init; }

    public string? Data { get; init; }

    public string? Instance { get; init; }

    public DateTime? At { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>On <see cref="EventKind.Ended"/>: whether it begins anew.</summary>
    public bool Again { get; init; }

    public string? Version { get; init; }

    public IDictionary<string, string>? Tags { get; init; }

    /// <summary>Whether this is the same action, as far as the Functions host compares: kind, number, name and target.</summary>
    public bool IsSameActionAs(HistoryEvent other) =>
        Kind == other.Kind && Id == other.Id && Again == other.Again
        && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase)
        && (Kind is not (EventKind.SubCreated or EventKind.EventSent) || Instance == other.Instance);

    public override string ToString() => Name is null ? $"{Kind} #{Id}" : $"{Kind} '{Name}' #{Id}";
}

/// <summary>
/// One run of the orchestrator: what came in, and what it asked for in answer. While an instance is suspended or waits for its start,
/// what comes in is kept in records that are not executed; the next executed one answers to them first.
/// </summary>
internal sealed record StepRecord(DateTime Time, IReadOnlyList<HistoryEvent> Events, IReadOnlyList<HistoryEvent> Actions, bool Executed)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Format);

    public static StepRecord FromBytes(byte[] bytes) => JsonSerializer.Deserialize<StepRecord>(bytes, Format)!;
}
