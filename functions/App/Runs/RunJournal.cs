using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using LdapSync.App.Api;
using LdapSync.App.Sync;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Runs;

/// <summary>Pages through the plan of a run as it was made (and applied): a page begins where the last one ended, whatever the plan's size.</summary>
public sealed class RunJournal(RunFiles files, StagingArea staging)
{
    /// <summary>A page looks through this many records of the plan for what it wants; it can be short, even empty, and still have a next one.</summary>
    private const int MaxLookedThrough = 20_000;

    /// <param name="run">With its plan.</param>
    /// <param name="pageSize">Changes, roughly: what happens to one record stays together.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="wanted">Records of the plan with at least one such change, and all their changes; null: all.</param>
    public Task<Page<PlannedChange>> ChangesAsync(
        RunRecord run, int pageSize, string? continuation, CancellationToken cancellationToken, Func<PlannedChange, bool>? wanted = null)
    {
        var leftOut = new Lazy<Task<HashSet<string>>>(() => LeftOutAsync(run.Id, cancellationToken));
        return PageAsync(
            run, IsChange,
            (set, section, token) => ReadChangesAsync(set, section, token).Select(async ValueTask<IReadOnlyList<PlannedChange>> (IReadOnlyList<PlannedChange> changes, CancellationToken _) =>
                wanted is not null && !changes.Any(wanted) ? []
                : changes.Count > 0 && changes[0].Object == PlannedObject.User && (await leftOut.Value).Contains(changes[0].Id)
                    ? [.. changes.Select(change => change with { LeftOut = true })]
                    : changes),
            pageSize, continuation, cancellationToken);
    }

    public Task<Page<RunNote>> NotesAsync(RunRecord run, int pageSize, string? continuation, CancellationToken cancellationToken) =>
        PageAsync(
            run, section => section == Sections.Notes,
            (set, section, token) => ReadAsync(set, section, PlanFormat.Default.RunNote, IReadOnlyList<RunNote> (note) => [note], token),
            pageSize, continuation, cancellationToken);

    private async Task<HashSet<string>> LeftOutAsync(string runId, CancellationToken cancellationToken)
    {
        var users = new HashSet<string>(StringComparer.Ordinal);
        foreach (var set in (await files.FindPlanAsync(runId, cancellationToken))?.LeftOut ?? [])
        {
            users.UnionWith(await files.ReadTextsAsync(set, Sections.LeftOut, cancellationToken));
        }

        return users;
    }

    private static bool IsChange(string section) =>
        section == Sections.Roles || Sections.IsUsers(section) || Sections.IsMembers(section) || Sections.IsLicences(section);

    private IAsyncEnumerable<IReadOnlyList<PlannedChange>> ReadChangesAsync(SegmentSet set, string section, CancellationToken cancellationToken) =>
        section == Sections.Roles ? ReadAsync(set, section, PlanFormat.Default.RoleOperation, IReadOnlyList<PlannedChange> (role) => [.. role.ToChanges()], cancellationToken)
        : Sections.IsUsers(section) ? ReadAsync(set, section, PlanFormat.Default.UserOperation, IReadOnlyList<PlannedChange> (user) => [.. user.ToChanges()], cancellationToken)
        : Sections.IsLicences(section) ? ReadAsync(set, section, PlanFormat.Default.LicenceOperation, IReadOnlyList<PlannedChange> (licence) => [licence.ToChange()], cancellationToken)
        : ReadAsync(set, section, PlanFormat.Default.MemberOperation, IReadOnlyList<PlannedChange> (member) => [member.ToChange()], cancellationToken);

    private async IAsyncEnumerable<IReadOnlyList<TItem>> ReadAsync<TRecord, TItem>(
        SegmentSet set,
        string section,
        JsonTypeInfo<TRecord> type,
        Func<TRecord, IReadOnlyList<TItem>> items,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in staging.ReadAsync(set, section, type, cancellationToken))
        {
            yield return items(record);
        }
    }

    private async Task<Page<T>> PageAsync<T>(
        RunRecord run,
        Predicate<string> wanted,
        Func<SegmentSet, string, CancellationToken, IAsyncEnumerable<IReadOnlyList<T>>> read,
        int pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (run.PlanHash is null)
        {
            return new Page<T>([]);
        }

        var sets = (await PlanAsync(run, cancellationToken)).Sets;
        var items = new List<T>();
        var looked = 0;
        var place = Place.Parse(continuation, sets.Count);
        for (var index = place.Set; index < sets.Count; index++)
        {
            var sections = (await staging.SectionsAsync(sets[index], cancellationToken)).Keys.Where(section => wanted(section)).Order(StringComparer.Ordinal);
            foreach (var section in sections.Where(section => index > place.Set || string.CompareOrdinal(section, place.Section) >= 0))
            {
                var skip = index == place.Set && section == place.Section ? place.Record : 0;
                var record = 0;
                await foreach (var some in read(sets[index], section, cancellationToken))
                {
                    if (record++ < skip)
                    {
                        continue;
                    }

                    if (items.Count >= pageSize || looked++ >= MaxLookedThrough)
                    {
                        return new Page<T>(items, new Place(index, section, record - 1).ToString());
                    }

                    items.AddRange(some);
                }
            }
        }

        return new Page<T>(items);
    }

    /// <exception cref="ApiException">The journal was removed after its time.</exception>
    private async Task<PlanDocument> PlanAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            return await files.LoadPlanAsync(run.Id, cancellationToken);
        }
        catch (InvalidDataException) when (run.Finished is not null)
        {
            throw new ApiException(410, "The journal is gone", "The changes of runs are kept for a time (Retention__JournalsDays); of this run only the totals are left.");
        }
    }

    /// <summary>Where the next page begins.</summary>
    private readonly record struct Place(int Set, string Section, int Record)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Set}!{Record}!{Section}");

        public static Place Parse(string? continuation, int sets)
        {
            if (continuation is null)
            {
                return new Place(0, "", 0);
            }

            var parts = continuation.Split('!', 3);
            return parts.Length == 3
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var set) && set < sets
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var record)
                ? new Place(set, parts[2], record)
                : throw ApiException.Field("continuation", "Not one that this API gave out for this run; start again without it.", 400);
        }
    }
}
