using System.Formats.Asn1;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Changes;

/// <summary>
/// Content synchronization, refresh only (RFC 4533). In a present phase the server names what exists and the rest was deleted; in a
/// delete phase it names what was deleted.
/// </summary>
internal sealed class SyncRepl(LdapConnection connection, ChangeRequest request, string? cookie) : ChangeSearch
{
    public const string Oid = "1.3.6.1.4.1.4203.1.9.1.1";
    private const string StateOid = "1.3.6.1.4.1.4203.1.9.1.2";
    private const string DoneOid = "1.3.6.1.4.1.4203.1.9.1.3";

    private readonly EntryReader entries = new();
    private long count;
    private int referrals;

    protected override async IAsyncEnumerable<DirectoryChange> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var known = ChangeCookie.ReadOctets(ChangeMethod.SyncRepl, cookie);
        while (true)
        {
            var refused = false;
            var search = new ControlledSearch(
                connection, new SearchRequest(request.SearchBase, SearchScope.Subtree, request.Filter, request.Attributes, PageSize: 0));
            await foreach (var message in search.ReadAsync(Control(known), cancellationToken).ConfigureAwait(false))
            {
                switch (message.Operation)
                {
                    case LdapOperation.SearchResultEntry:
                        count++;
                        yield return search.Decode(() => ReadEntry(message));
                        break;
                    case LdapOperation.SearchResultReference:
                        referrals++;
                        break;
                    case LdapOperation.IntermediateResponse:
                        foreach (var change in search.Decode(() => SyncInfo.Read(message)))
                        {
                            yield return change;
                        }

                        break;
                    default:
                        refused = !search.Decode(() => Finish(message, known));
                        break;
                }
            }

            if (!refused)
            {
                yield break;
            }

            if (request.OnlyChanges)
            {
                Complete(new ChangeResult(
                    ChangeMethod.SyncRepl, null, DeletionKnowledge.Unknown, IsFull: true, new CompletenessProof(ResultCodes.SyncRefreshRequired, false, true, 0, 1, referrals)));
                yield break;
            }

            known = null; // e-syncRefreshRequired: the server has forgotten what our cookie stands for
        }
    }

    private static LdapControl Control(byte[]? cookie)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteEnumeratedValue(SyncMode.RefreshOnly);
            if (cookie is not null)
            {
                writer.WriteOctetString(cookie);
            }
        }

        return new LdapControl(Oid, Critical: true, writer.Encode());
    }

    private DirectoryChange ReadEntry(LdapMessage message)
    {
        var state = message.ReadControls().FirstOrDefault(control => control.Type == StateOid)?.Value
            ?? throw new AsnContentException("An entry has no sync state control.");
        var octets = state.ToArray();
        var reader = new BerReader(octets, 0, octets.Length).ReadConstructed(Asn1Tag.Sequence);
        var kind = reader.ReadEnumerated() switch
        {
            0 => ChangeKind.Present,
            1 or 2 => ChangeKind.Changed,
            3 => ChangeKind.Deleted,
            _ => throw new AsnContentException("A sync state is unknown."),
        };
        return new DirectoryChange(kind, SyncInfo.Id(reader.ReadOctetSpan()), entries.Read(message));
    }

    /// <summary>False when the server refuses the cookie.</summary>
    private bool Finish(LdapMessage message, byte[]? known)
    {
        var isFull = known is null;
        var result = LdapResult.Read(message);
        if (result.Code == ResultCodes.SyncRefreshRequired && !isFull)
        {
            return count == 0 ? false : throw Failures.FromResult(connection.Server, "synchronization", result, request.SearchBase);
        }

        if (result.Code is not (ResultCodes.Success or ResultCodes.SizeLimitExceeded or ResultCodes.TimeLimitExceeded or ResultCodes.AdminLimitExceeded))
        {
            throw Failures.FromResult(connection.Server, $"synchronization of '{request.SearchBase}'", result, request.SearchBase);
        }

        var (next, deletes) = (default(byte[]), false);
        if (message.ReadControls().FirstOrDefault(control => control.Type == DoneOid)?.Value is { } value)
        {
            var octets = value.ToArray();
            var done = new BerReader(octets, 0, octets.Length).ReadConstructed(Asn1Tag.Sequence);
            next = done.IsNext(Asn1Tag.PrimitiveOctetString) ? done.ReadOctets().ToArray() : null;
            deletes = done.IsNext(Asn1Tag.Boolean) && done.ReadBoolean();
        }

        // Where nothing has changed, slapd sends no new cookie: ours goes on.
        next ??= known;
        var isComplete = result.Code == ResultCodes.Success;
        Complete(new ChangeResult(
            ChangeMethod.SyncRepl,
            isComplete && next is not null ? ChangeCookie.Write(ChangeMethod.SyncRepl, next) : null,
            !isComplete ? DeletionKnowledge.Unknown : deletes ? DeletionKnowledge.Told : DeletionKnowledge.ByAbsence,
            isFull,
            new CompletenessProof(result.Code, isComplete, true, count, 1, referrals, result.Diagnostic.Length > 0 ? result.Diagnostic : null)));
        return true;
    }

    private enum SyncMode
    {
        RefreshOnly = 1,
    }
}
