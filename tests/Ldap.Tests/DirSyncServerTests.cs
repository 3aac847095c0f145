using System.Text;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Tests.Scripted;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Whether a server that accepts DirSync is believed to tell every deletion: only one that shows a deleted entry to this account.</summary>
public sealed class DirSyncServerTests
{
    private const string DirSync = "1.2.840.113556.1.4.841";
    private const string Configuration = "CN=Configuration,DC=example,DC=test";
    private const string Domain = "DC=example,DC=test";

    [Theory]
    [InlineData(null, true, 60, DeletionKnowledge.Told)]
    [InlineData(null, false, 60, DeletionKnowledge.Unknown)]
    [InlineData(null, true, 5, DeletionKnowledge.Unknown)]
    [InlineData(null, true, null, DeletionKnowledge.Told)]
    [InlineData("Samba Team (https://www.samba.org)", true, 60, DeletionKnowledge.Unknown)]
    public async Task DirSync_WithTheRightToReplicate_IsBelievedWhereItShowsADeletedEntry(string? vendor, bool shows, int? daysKept, DeletionKnowledge deletions)
    {
        await using var server = Serve(vendor, shows, daysKept);
        await using var session = await new LdapDirectoryClient().ConnectAsync(server.Settings, null, Reading.Stop);
        var tenDaysAgo = TimeProvider.System.GetUtcNow().AddDays(-10).ToUnixTimeSeconds();
        var search = ((IChangeSource)session).Changes(new ChangeRequest(Domain, "(objectClass=user)", []), $"DirSync:{tenDaysAgo}/{Convert.ToBase64String("c"u8)}");

        await foreach (var change in search.WithCancellation(Reading.Stop))
        {
            Assert.Equal(ChangeKind.Deleted, change.Kind);
        }

        Assert.Equal((1L, deletions), (search.Result.Proof.Entries, search.Result.Deletions));
    }

    private static ScriptedServer Serve(string? vendor, bool shows, int? daysKept) => new(async (request, peer) =>
    {
        if (request.Operation != LdapOperation.SearchRequest)
        {
            return false;
        }

        var searchBase = ScriptedServer.SearchBase(request);
        byte[][] entries = searchBase switch
        {
            "" => [Root(request.Id, vendor)],
            Domain when !IsProbe(request) || shows => [Answers.Entry(request.Id, $"CN=gone,CN=Deleted Objects,{Domain}", ("isDeleted", ["TRUE"]))],
            Domain => [],
            _ => [Answers.Entry(request.Id, searchBase, daysKept is { } days ? [("tombstoneLifetime", [$"{days}"])] : [])],
        };
        await peer.SendAsync([.. entries, Answers.SearchDone(request.Id, 0, "", (DirSync, Cookie()))]);
        return true;
    });

    /// <summary>A search for deleted entries alone; one for changes too has a filter before that.</summary>
    private static bool IsProbe(LdapMessage request) => !Encoding.ASCII.GetString(request.Buffer, 0, request.End).Contains("user", StringComparison.Ordinal);

    private static byte[] Root(int id, string? vendor) => Answers.Entry(
        id,
        "",
        ("supportedCapabilities", ["1.2.840.113556.1.4.800"]),
        ("namingContexts", [Domain]),
        ("configurationNamingContext", [Configuration]),
        ("supportedControl", [DirSync]),
        ("vendorName", vendor is null ? [] : [vendor]));

    private static byte[] Cookie() => Answers.Sequence(value =>
    {
        value.WriteInteger(0);
        value.WriteInteger(0);
        value.WriteOctetString("new"u8);
    });
}
