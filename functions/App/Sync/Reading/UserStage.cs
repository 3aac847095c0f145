using LdapSync.Core.Entries;
using LdapSync.Core.Formats;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>Where one reading activity puts the users that it reads.</summary>
internal sealed class UserStage(RunContext run, SegmentWriter users, SegmentWriter notes, PartReporter reporter, DateTimeOffset now)
{
    private readonly UserMapper mapper = new(run.Settings);
    private readonly RecordWriter record = new();
    private readonly Dictionary<string, long> problemsByField = new(StringComparer.Ordinal);
    private DateTimeOffset? watermark;
    private long seen;

    public RunContext Run => run;

    public long Mapped { get; private set; }

    public long Problems { get; private set; }

    /// <summary>False once an entry came by whose id could not be read: it may be anybody.</summary>
    public bool EveryIdReadable { get; private set; } = true;

    public async Task<CompletenessProof> ReadUsersAsync(IDirectorySession session, string filter, CancellationToken cancellationToken)
    {
        var search = session.Search(new SearchRequest(run.Settings.Users.SearchBase, SearchScope.Subtree, filter, mapper.Attributes));
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            Add(entry);
            await users.FlushIfNeededAsync(cancellationToken);
            await reporter.AdvanceAsync(++seen, cancellationToken);
        }

        return search.Proof;
    }

    public async Task<(CompletenessProof Proof, long Present)> ReadPresenceAsync(IDirectorySession session, CancellationToken cancellationToken)
    {
        var present = 0L;
        var search = session.Search(new SearchRequest(
            run.Settings.Users.SearchBase, SearchScope.Subtree, run.Settings.Filters.Users, mapper.PresenceAttributes));
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            present++;
            if (mapper.TryReadPresence(entry, now, out var ldapId, out var enabled))
            {
                record.Clear();
                StagedRecords.WritePresence(record, ldapId, enabled);
                users.Add(Sections.PresenceOf(Buckets.OfLdapId(run.DirectoryId, ldapId)), record.Written);
                await users.FlushIfNeededAsync(cancellationToken);
            }
            else
            {
                EveryIdReadable = false;
            }

            await reporter.AdvanceAsync(++seen, cancellationToken);
        }

        return (search.Proof, present);
    }

    public async Task<UsersRead> CompleteAsync(CompletenessProof proof, long present, CancellationToken cancellationToken)
    {
        RefuseWrongMapping();
        await reporter.FinishAsync(seen, cancellationToken);
        return new UsersRead(
            await users.CompleteAsync(cancellationToken),
            await notes.CompleteAsync(cancellationToken),
            EveryIdReadable ? proof : proof with { RangesFinished = false, Message = "The id of some entries could not be read." },
            Mapped, present, Problems, watermark);
    }

    private void Add(DirectoryEntry entry)
    {
        record.Clear();
        if (mapper.TryMap(entry, now, out var user, out var problem))
        {
            Mapped++;
            watermark = watermark is null || user.Modified > watermark ? user.Modified : watermark;
            StagedRecords.WriteUser(record, user);
            users.Add(Sections.UsersOf(Buckets.OfLdapId(run.DirectoryId, user.LdapId)), record.Written);
            return;
        }

        Problems++;
        problemsByField[problem.Field] = problemsByField.GetValueOrDefault(problem.Field) + 1;
        notes.Add(Sections.Notes, Notes.Of(problem), PlanFormat.Default.RunNote);
        if (mapper.TryReadPresence(entry, now, out var ldapId, out var enabled))
        {
            StagedRecords.WritePresence(record, ldapId, enabled);
            users.Add(Sections.UnmappedOf(Buckets.OfLdapId(run.DirectoryId, ldapId)), record.Written);
        }
        else
        {
            EveryIdReadable = false;
        }
    }

    /// <summary>Rule U8: when no entry has a required attribute, the mapping is wrong and the run fails.</summary>
    private void RefuseWrongMapping()
    {
        if (Mapped == 0 && MappingCheck.Failure(Problems, problemsByField) is { } failure)
        {
            throw new SyncRefusedException(failure);
        }
    }
}
