using System.Text;
using LdapSync.Core.Reading;
using LdapSync.Ldap;
using LdapSync.Ldap.Ldif;

namespace LdapSync.LdapTool;

internal static class SearchCommand
{
    private enum Scope
    {
        Base,
        One,
        Sub,
    }

    public static async Task<int> RunAsync(Arguments arguments, CancellationToken stop)
    {
        var request = new SearchRequest(
            arguments.Text("base"),
            (SearchScope)arguments.Choice("scope", Scope.Sub),
            arguments.Text("filter", "(objectClass=*)"),
            arguments.Words,
            arguments.Number("page", 1000))
        {
            SizeLimit = arguments.Number("limit", 0),
        };
        await using var session = await Client().ConnectAsync(arguments.Connection(), arguments.Password(), stop);
        var search = session.Search(request);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 64 * 1024);
        await foreach (var entry in search.WithCancellation(stop))
        {
            await LdifWriter.WriteAsync(output, entry);
        }

        await output.FlushAsync(stop);
        var proof = search.Proof;
        await Console.Error.WriteLineAsync(
            $"# {proof.Entries} entries in {proof.Pages} pages, {proof.Referrals} referrals not followed, result {proof.ResultCode}; "
            + (proof.IsComplete ? "complete" : $"NOT complete {proof.Message}"));
        return proof.IsComplete ? 0 : 2;
    }

    /// <summary>A client whose secrets are files.</summary>
    public static LdapDirectoryClient Client() => new(new LdapClientOptions
    {
        ReadSecret = async (file, cancellationToken) => await File.ReadAllTextAsync(file, cancellationToken),
    });
}
