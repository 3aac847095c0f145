using System.Text;
using System.Text.Json;
using LdapSync.App.Api;
using LdapSync.Core.Groups;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>The settings a run works with from its beginning to its end, whatever is saved meanwhile.</summary>
public sealed record RunContext(string DirectoryId, DirectorySettings Settings, RunMode Mode, DateTimeOffset? Watermark, DateTimeOffset Started = default)
{
    /// <summary>Mode <em>delta</em>: what the directory had before, for the removal limits.</summary>
    public Population? Before { get; init; }
}

/// <summary>Where the parts of a run's plan are: the journal.</summary>
/// <param name="LeftOut">Users whose operations were not applied; null before the run has ended.</param>
public sealed record PlanDocument(IReadOnlyList<SegmentSet> Sets, IReadOnlyList<SegmentSet>? LeftOut = null);

/// <summary>What a range was planned from.</summary>
/// <param name="States">Entity tags of the sync states by bucket; null for a bucket that had none.</param>
/// <param name="Users">Entity tags of the user records that were looked at, by user id.</param>
public sealed record PlanSources(IReadOnlyDictionary<int, string?> States, IReadOnlyDictionary<string, string> Users);

/// <summary>The staged files of a run: <c>{runId}/read</c> goes when the run ends, <c>{runId}/plan</c> is its journal.</summary>
public sealed class RunFiles(StagingArea staging)
{
    private const string ContextName = "context";
    private const string LinksName = "links";
    private const string ReadsName = "reads";
    private const string ClosureName = "closure";
    private const string CookiesName = "cookies";
    private const string ChangesName = "changes";
    private const string PlanName = "plan";
    private const string SourcesName = "sources";
    private const string MarksName = "marks";

    public static string ReadFolder(string runId) => $"{runId}/read";

    public static string PlanFolder(string runId) => $"{runId}/plan";

    /// <summary>A writer whose name no other attempt of the same activity shares: an attempt that was given up cannot spoil this one.</summary>
    public SegmentWriter CreateWriter(string folder, string part) => staging.CreateWriter(folder, OfThisAttempt(part));

    public Task SaveContextAsync(string runId, RunContext context, CancellationToken cancellationToken) =>
        SaveAsync(ReadFolder(runId), ContextName, context, cancellationToken);

    public Task<RunContext> LoadContextAsync(string runId, CancellationToken cancellationToken) =>
        LoadAsync<RunContext>(ReadFolder(runId), ContextName, cancellationToken);

    /// <returns>Null: the run never began, or its files are gone.</returns>
    public Task<RunContext?> FindContextAsync(string runId, CancellationToken cancellationToken) =>
        FindAsync<RunContext>(ReadFolder(runId), ContextName, cancellationToken);

    public Task SaveLinksAsync(string runId, IReadOnlyList<LinkedRole> links, CancellationToken cancellationToken) =>
        SaveAsync(ReadFolder(runId), LinksName, links, cancellationToken);

    public Task<IReadOnlyList<LinkedRole>> LoadLinksAsync(string runId, CancellationToken cancellationToken) =>
        LoadAsync<IReadOnlyList<LinkedRole>>(ReadFolder(runId), LinksName, cancellationToken);

    public Task SaveReadsAsync(string runId, ReadResults reads, CancellationToken cancellationToken) =>
        SaveAsync(ReadFolder(runId), ReadsName, reads, cancellationToken);

    public Task<ReadResults> LoadReadsAsync(string runId, CancellationToken cancellationToken) =>
        LoadAsync<ReadResults>(ReadFolder(runId), ReadsName, cancellationToken);

    public Task SaveClosureAsync(string runId, GroupClosure closure, CancellationToken cancellationToken) =>
        SaveAsync(ReadFolder(runId), ClosureName, closure, cancellationToken);

    public Task<GroupClosure> LoadClosureAsync(string runId, CancellationToken cancellationToken) =>
        LoadAsync<GroupClosure>(ReadFolder(runId), ClosureName, cancellationToken);

    public Task SaveCookiesAsync(string runId, ChangeCookies cookies, CancellationToken cancellationToken) =>
        SaveAsync(ReadFolder(runId), CookiesName, cookies, cancellationToken);

    public Task<ChangeCookies?> FindCookiesAsync(string runId, CancellationToken cancellationToken) =>
        FindAsync<ChangeCookies>(ReadFolder(runId), CookiesName, cancellationToken);

    /// <summary>What is kept when a run in mode <em>delta</em> succeeds.</summary>
    public Task SaveChangesAsync(string runId, ChangesState changes, CancellationToken cancellationToken) =>
        SaveAsync(ReadFolder(runId), ChangesName, changes, cancellationToken);

    public Task<ChangesState?> FindChangesAsync(string runId, CancellationToken cancellationToken) =>
        FindAsync<ChangesState>(ReadFolder(runId), ChangesName, cancellationToken);

    /// <summary>
    /// What a plan was made from. Not in the plan, whose hash is of what is to be done, but of each attempt its own: the plan of one attempt with the
    /// entity tags that another one saw later would be written over what was changed in between.
    /// </summary>
    /// <returns>For <see cref="LoadSourcesAsync"/>.</returns>
    public async Task<string> SaveSourcesAsync(RunPart part, PlanSources sources, CancellationToken cancellationToken)
    {
        var name = OfThisAttempt($"{SourcesName}-{part.First:x2}");
        await SaveAsync(ReadFolder(part.RunId), name, sources, cancellationToken);
        return name;
    }

    public Task<PlanSources> LoadSourcesAsync(string runId, string name, CancellationToken cancellationToken) =>
        LoadAsync<PlanSources>(ReadFolder(runId), name, cancellationToken);

    /// <summary>The entity tags of the marks that <see cref="StateGuard.InvalidateAsync"/> put in their place. A file of its own: a segment is never rewritten.</summary>
    public Task SaveMarksAsync(RunPart part, Dictionary<int, string?> tags, CancellationToken cancellationToken) =>
        SaveAsync(ReadFolder(part.RunId), $"{MarksName}-{part.First:x2}", tags, cancellationToken);

    public Task<Dictionary<int, string?>> LoadMarksAsync(RunPart part, CancellationToken cancellationToken) =>
        LoadAsync<Dictionary<int, string?>>(ReadFolder(part.RunId), $"{MarksName}-{part.First:x2}", cancellationToken);

    public Task SavePlanAsync(string runId, PlanDocument plan, CancellationToken cancellationToken) =>
        SaveAsync(PlanFolder(runId), PlanName, plan, cancellationToken);

    /// <returns>Null: the journal is no longer kept.</returns>
    public async Task<PlanDocument?> FindPlanAsync(string runId, CancellationToken cancellationToken) =>
        await staging.ReadDocumentAsync(PlanFolder(runId), PlanName, cancellationToken) is { } content
            ? JsonSerializer.Deserialize<PlanDocument>(content.Span, ApiJson.Options)
            : null;

    public Task<PlanDocument> LoadPlanAsync(string runId, CancellationToken cancellationToken) =>
        LoadAsync<PlanDocument>(PlanFolder(runId), PlanName, cancellationToken);

    /// <summary>A section of plain texts: ids.</summary>
    public async Task<IReadOnlyList<string>> ReadTextsAsync(SegmentSet set, string section, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        await foreach (var record in staging.ReadAsync(set, section, cancellationToken))
        {
            texts.Add(Encoding.UTF8.GetString(record.Span));
        }

        return texts;
    }

    public Task DeleteReadsAsync(string runId, CancellationToken cancellationToken) => staging.DeleteFolderAsync(ReadFolder(runId), cancellationToken);

    private static string OfThisAttempt(string name) => $"{name}-{Guid.NewGuid():N}";

    private Task SaveAsync<T>(string folder, string name, T value, CancellationToken cancellationToken) =>
        staging.WriteDocumentAsync(folder, name, JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options), cancellationToken);

    private async Task<T> LoadAsync<T>(string folder, string name, CancellationToken cancellationToken)
        where T : class =>
        await FindAsync<T>(folder, name, cancellationToken) ?? throw new InvalidDataException($"The run's file {folder}/{name} is missing.");

    private async Task<T?> FindAsync<T>(string folder, string name, CancellationToken cancellationToken)
        where T : class =>
        await staging.ReadDocumentAsync(folder, name, cancellationToken) is { } content ? JsonSerializer.Deserialize<T>(content.Span, ApiJson.Options) : null;
}
