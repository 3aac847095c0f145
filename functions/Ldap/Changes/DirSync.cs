using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>
/// Active Directory's DirSync control ([MS-ADTS] 3.1.1.3.4.1.3) with incremental values: of a changed multi-valued link only the values that were added or
/// removed (attributes <c>member;range=1-1</c> and <c>member;range=0-0</c>). Deletions are not certain, whatever the account's rights.
/// An account without it is asked for with object security: what it may read; deletions then come as far as it may see tombstones, and are not certain.
/// </summary>
internal sealed class DirSync(LdapConnection connection, RootDse root, ChangeRequest request, string? cookie) : ChangeSearch
{
    public const string Oid = "1.2.840.113556.1.4.841";
    private const int ObjectSecurity = 1;
    private const int IncrementalValues = unchecked((int)0x80000000);
    private const int MaxOctets = 4 * 1024 * 1024;

    private readonly EntryReader entries = new();
    private bool mayReplicate = true;
    private long count;
    private int pages;
    private int referrals;

    protected override async IAsyncEnumerable<DirectoryChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var known = ChangeCookie.ReadOctets(ChangeMethod.DirSync, cookie);
        var (isFull, more) = (known is null, true);
        var naming = NamingContext();
        var below = DistinguishedName.TryParse(request.SearchBase, out var name, out _) ? name : DistinguishedName.Root;
        while (more)
        {
            var search = new ControlledSearch(
                connection, new SearchRequest(naming, SearchScope.Subtree, request.Filter, Attributes(), PageSize: 0));
            await foreach (var message in search.ReadAsync(Control(known), cancellationToken).ConfigureAwait(false))
            {
                if (message.Operation == LdapOperation.SearchResultReference)
                {
                    referrals++;
                }
                else if (message.Operation == LdapOperation.SearchResultEntry)
                {
                    var change = search.Decode(() => ReadEntry(message));
                    if (change.Kind == ChangeKind.Deleted || IsBelow(change.Entry!, below))
                    {
                        count++;
                        yield return change;
                    }
                }
                else
                {
                    var (next, moreData) = search.Decode(() => ReadResult(message, known, isFull));
                    if (next is null && moreData)
                    {
                        continue; // the same again, with object security
                    }

                    if (next is null)
                    {
                        // Another domain controller, or one that has forgotten: from the beginning, if that is wanted.
                        (isFull, known, more) = (true, null, !request.OnlyChanges);
                        continue;
                    }

                    pages++;
                    (known, more) = (next, moreData);
                }
            }
        }

        Complete(new ChangeResult(
            ChangeMethod.DirSync,
            known is null ? null : ChangeCookie.Write(ChangeMethod.DirSync, known),
            // Whatever the right: Samba was seen to tell nothing of a deletion that was the only change.
            DeletionKnowledge.Unknown,
            isFull,
            new CompletenessProof(ResultCodes.Success, true, true, count, pages, referrals)));
    }

    private static bool IsBelow(DirectoryEntry entry, DistinguishedName below) =>
        DistinguishedName.TryParse(entry.DistinguishedName, out var name, out _) && name.IsWithin(below);

    /// <summary>DirSync wants the root of a naming context as its base.</summary>
    private string NamingContext()
    {
        var key = DistinguishedName.TryParse(request.SearchBase, out var wanted, out _) ? wanted : null;
        return root.NamingContexts
            .Where(context => DistinguishedName.TryParse(context, out var name, out _) && key?.IsWithin(name) == true)
            .OrderByDescending(context => context.Length)
            .FirstOrDefault() ?? request.SearchBase;
    }

    private IReadOnlyList<string> Attributes() =>
        request.Attributes.Count == 0 ? [] : [.. request.Attributes, "objectGUID", "isDeleted"];

    private LdapControl Control(byte[]? cookie)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(mayReplicate ? IncrementalValues : IncrementalValues | ObjectSecurity);
            writer.WriteInteger(MaxOctets);
            writer.WriteOctetString(cookie ?? []);
        }

        return new LdapControl(Oid, Critical: true, writer.Encode());
    }

    private DirectoryChange ReadEntry(LdapMessage message)
    {
        var entry = entries.Read(message);
        var id = entry.Find("objectGUID") is { Values: [{ Length: 16 } octets, ..] } ? new Guid(octets.Span).ToString("D") : null;
        var isDeleted = entry.Find("isDeleted") is { Values.Count: > 0 } deleted && deleted.Text() == "TRUE";
        return new DirectoryChange(isDeleted ? ChangeKind.Deleted : ChangeKind.Changed, id, entry);
    }

    /// <summary>The next cookie and whether to go on; no cookie where the server refuses ours (nothing more), or the account lacks the right (more).</summary>
    private (byte[]? Cookie, bool More) ReadResult(LdapMessage message, byte[]? known, bool isFull)
    {
        var result = LdapResult.Read(message);
        if (result.Code == ResultCodes.InsufficientAccessRights && mayReplicate && count == 0)
        {
            mayReplicate = false;
            return (null, true);
        }

        if (result.Code != ResultCodes.Success)
        {
            var isRefusal = known is not null && !isFull && count == 0 && result.Code is 1 or 2 or 12 or 53 or 80;
            return isRefusal ? (null, false) : throw Failures.FromResult(connection.Server, $"DirSync of '{request.SearchBase}'", result, request.SearchBase);
        }

        var value = message.ReadControls().FirstOrDefault(control => control.Type == Oid)?.Value
            ?? throw new AsnContentException("The result of DirSync has no cookie.");
        var octets = value.ToArray();
        var reader = new BerReader(octets, 0, octets.Length).ReadConstructed(Asn1Tag.Sequence);
        var more = reader.ReadInteger() != 0;
        reader.ReadInteger();
        return (reader.ReadOctets().ToArray(), more);
    }
}
