using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace LdapSync.TestBed;

/// <summary>What a request to a table service writes.</summary>
internal static partial class RequestCounting
{
    /// <returns>The table of each row that is written.</returns>
    public static List<string> RowsWritten(string method, PathString path, byte[] body)
    {
        if (method == "POST" && Segment(path, 2) == "$batch")
        {
            return [.. InnerRequest().Matches(Encoding.UTF8.GetString(body)).Select(match => match.Groups[1].Value)];
        }

        var table = Segment(path, 2).Split('(')[0];
        return method is "POST" or "PUT" or "PATCH" or "MERGE" or "DELETE" && table is not ("Tables" or "") ? [table] : [];
    }

    /// <summary>The emulator's addresses begin with the account, so the table or container is the second segment.</summary>
    public static string Segment(PathString path, int number) => (path.Value ?? "").Split('/').ElementAtOrDefault(number) ?? "";

    [GeneratedRegex(@"^(?:POST|PUT|PATCH|MERGE|DELETE) \w+://[^/]+/[^/]+/([A-Za-z0-9]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex InnerRequest();
}
