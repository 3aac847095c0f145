using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>Which call of which orchestration started this one.</summary>
internal sealed record ParentLink(string Name, string InstanceId, int Generation, int TaskId);

/// <summary>
/// An instance as its state row holds it. The row is the commit point: a history record counts when <see cref="Steps"/> covers it.
/// </summary>
internal sealed record InstanceState
{
    /// <summary>Longer inputs and outputs are only in the history records.</summary>
    private const int InlineCharacters = 4096;

    public const string RowKey = "state";

    public required string InstanceId { get; init; }

    public required string Name { get; init; }

    public OrchestrationRuntimeStatus Status { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Updated { get; init; }

    /// <summary>Counts the histories under this id: a restart or continue-as-new begins a new one.</summary>
    public int Generation { get; init; } = 1;

    /// <summary>How many history records of this generation are committed.</summary>
    public int Steps { get; init; }

    public ParentLink? Parent { get; init; }

    public string Version { get; init; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public DateTimeOffset? StartAt { get; init; }

    public string? Input { get; init; }

    public string? Output { get; init; }

    public bool InputInHistory { get; init; }

    public bool OutputInHistory { get; init; }

    public string? CustomStatus { get; init; }

    public bool TerminatesChildren { get; init; }

    /// <summary>"generation/step" of a record whose events and sub-orchestrations may not have gone out yet.</summary>
    public string? Outbox { get; init; }

    /// <summary>Tells a lost answer to our own commit from another host's commit.</summary>
    public string CommitId { get; init; } = "";

    public bool IsEnded => Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    public InstanceState WithInput(string? input) =>
        input is { Length: > InlineCharacters } ? this with { Input = null, InputInHistory = true } : this with { Input = input, InputInHistory = false };

    public InstanceState WithOutput(string? output) =>
        output is { Length: > InlineCharacters } ? this with { Output = null, OutputInHistory = true } : this with { Output = output, OutputInHistory = false };

    public TableEntity ToEntity(ETag etag) => new(InstanceId, RowKey)
    {
        ["Name"] = Name,
        ["Status"] = Status.ToString(),
        ["Created"] = Created,
        ["Updated"] = Updated,
        ["Generation"] = Generation,
        ["Steps"] = Steps,
        ["Parent"] = Parent is null ? null : JsonSerializer.Serialize(Parent),
        ["Version"] = Version,
        ["Tags"] = Tags.Count == 0 ? null : JsonSerializer.Serialize(Tags),
        ["StartAt"] = StartAt,
        ["Input"] = Input,
        ["Output"] = Output,
        ["InputInHistory"] = InputInHistory,
        ["OutputInHistory"] = OutputInHistory,
        ["CustomStatus"] = CustomStatus,
        ["TerminatesChildren"] = TerminatesChildren,
        ["Outbox"] = Outbox,
        ["CommitId"] = CommitId,
        ETag = etag,
    };

    public static InstanceState FromEntity(TableEntity row) => new()
    {
        InstanceId = row.PartitionKey,
        Name = row.GetString("Name"),
        Status = Enum.Parse<OrchestrationRuntimeStatus>(row.GetString("Status")),
        Created = row.GetDateTimeOffset("Created")!.Value,
        Updated = row.GetDateTimeOffset("Updated")!.Value,
        Generation = row.GetInt32("Generation")!.Value,
        Steps = row.GetInt32("Steps")!.Value,
        Parent = row.GetString("Parent") is { } parent ? JsonSerializer.Deserialize<ParentLink>(parent) : null,
        Version = row.GetString("Version") ?? "",
        Tags = row.GetString("Tags") is { } tags ? JsonSerializer.Deserialize<Dictionary<string, string>>(tags)! : new Dictionary<string, string>(),
        StartAt = row.GetDateTimeOffset("StartAt"),
        Input = row.GetString("Input"),
        Output = row.GetString("Output"),
        InputInHistory = row.GetBoolean("InputInHistory") == true,
        OutputInHistory = row.GetBoolean("OutputInHistory") == true,
        CustomStatus = row.GetString("CustomStatus"),
        TerminatesChildren = row.GetBoolean("TerminatesChildren") == true,
        Outbox = row.GetString("Outbox"),
        CommitId = row.GetString("CommitId"),
    };
}
