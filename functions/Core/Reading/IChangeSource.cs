using LdapSync.Core.Entries;

namespace LdapSync.Core.Reading;

/// <summary>The ways in which directories tell what has changed.</summary>
public enum ChangeMethod
{
    /// <summary>
    /// Active Directory's DirSync control: changed attributes only. Deletions of the whole naming context, certain where the server shows this account deleted
    /// entries by the same control.
    /// </summary>
    DirSync,

    /// <summary>Content synchronization (RFC 4533), refresh only: whole entries; deletions are certain.</summary>
    SyncRepl,

    /// <summary>Entries modified since the last time, by modification number or date with an overlap; deletions are not told.</summary>
    Watermark,
}

/// <summary>What a read of changes says about deleted entries (rule G1).</summary>
public enum DeletionKnowledge
{
    /// <summary>Every deletion is in the stream, as <see cref="ChangeKind.Deleted"/>.</summary>
    Told,

    /// <summary>Everything that exists is in the stream, as Changed or Present: what is not there was deleted.</summary>
    ByAbsence,

    /// <summary>Deletions may be missing: compare with a list of all ids before anything is removed.</summary>
    Unknown,
}

public enum ChangeKind
{
    /// <summary>The entry is new or has changed. After DirSync it holds the changed attributes only.</summary>
    Changed,

    /// <summary>The entry exists and has not changed; there is its id only.</summary>
    Present,

    /// <summary>The entry was deleted, or left the filter; there is its id, and its name where the server tells it.</summary>
    Deleted,
}

/// <summary>One change.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Id">The entry's objectGUID or entryUUID, 8-4-4-4-12 in lower case; null for a watermark read of a directory without them.</param>
/// <param name="Entry">The entry; null where only the id is told.</param>
public sealed record DirectoryChange(ChangeKind Kind, string? Id, DirectoryEntry? Entry);

/// <summary>What to read changes of.</summary>
/// <param name="SearchBase">As in a search; DirSync reads the whole naming context and this base is applied by name.</param>
/// <param name="Filter">In string form (RFC 4515). DirSync does not tell that an entry has left the filter: let it be as wide as the object class.</param>
/// <param name="Attributes">The attributes wanted. Empty: all user attributes.</param>
/// <param name="ModificationDate">The attribute for a watermark by date: modifyTimestamp, whenChanged ...</param>
public sealed record ChangeRequest(string SearchBase, string Filter, IReadOnlyList<string> Attributes, string ModificationDate = "modifyTimestamp")
{
    /// <summary>The method to use; null: the best that the server offers to this account.</summary>
    public ChangeMethod? Method { get; init; }

    /// <summary>Do not read everything when the cookie is refused: end with no change and no cookie.</summary>
    public bool OnlyChanges { get; init; }
}

/// <summary>How a read of changes ended.</summary>
/// <param name="Method">The method that was used.</param>
/// <param name="Cookie">Where the next read goes on; to be kept when the run has succeeded, and only then. Null: the read is not complete.</param>
/// <param name="Deletions">What may be taken for deleted.</param>
/// <param name="IsFull">It was a first read, or the server refused the cookie and everything was read again.</param>
/// <param name="Proof">Completeness of the read.</param>
public sealed record ChangeResult(ChangeMethod Method, string? Cookie, DeletionKnowledge Deletions, bool IsFull, CompletenessProof Proof);

/// <summary>A read of changes, enumerated once.</summary>
public interface IChangeSearch : IAsyncEnumerable<DirectoryChange>
{
    /// <summary>Only after the enumeration has ended by itself.</summary>
    /// <exception cref="InvalidOperationException">The enumeration has not ended.</exception>
    ChangeResult Result { get; }
}

/// <summary>A session that can tell what has changed. Sessions of directories implement it beside <see cref="IDirectorySession"/>.</summary>
public interface IChangeSource
{
    /// <summary>Prepares a read of changes.</summary>
    /// <param name="request">Of what.</param>
    /// <param name="cookie">From the last <see cref="ChangeResult"/>; null for the first time. One of another method, server or directory leads to a full read.</param>
    IChangeSearch Changes(ChangeRequest request, string? cookie);
}
