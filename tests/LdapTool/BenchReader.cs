using System.Diagnostics;
using System.DirectoryServices.Protocols;
using System.Globalization;
using System.Net;
using System.Text.Json;
using LdapSync.Core.Settings;
using LdapSync.Ldap;
using LdapSync.TestBed;
using SearchRequest = LdapSync.Core.Reading.SearchRequest;
using SearchScope = LdapSync.Core.Reading.SearchScope;

namespace LdapSync.LdapTool;

/// <summary>What one read cost.</summary>
/// <param name="Entries">Entries that were read.</param>
/// <param name="Values">Values that were read.</param>
/// <param name="Seconds">Wall time from dialling to the last answer.</param>
/// <param name="ProcessorSeconds">Processor time of the process meanwhile.</param>
/// <param name="Allocated">Octets allocated on the managed heap meanwhile.</param>
/// <param name="PeakOctets">Largest resident memory of the process so far.</param>
internal sealed record Cost(long Entries, long Values, double Seconds, double ProcessorSeconds, long Allocated, long PeakOctets);

/// <summary>A process of its own for each client that is measured: it reads each time a line comes in, and answers with the cost.</summary>
internal static class BenchReader
{
    public static readonly string[] Attributes =
    [
        "uid", "cn", "sn", "givenName", "displayName", "mail", "telephoneNumber", "title", "o", "employeeNumber", "departmentNumber", "l",
    ];

    public static readonly string People = $"ou=people,{Slapd.Suffix}";

    public static async Task<int> RunAsync(Arguments arguments, CancellationToken stop)
    {
        var ours = arguments.Text("client") == "ldapsync";
        while (await Console.In.ReadLineAsync(stop) is { } what)
        {
            Func<Task<(long, long)>> read = (what, ours) switch
            {
                ("group", true) => () => OursAsync(arguments, Group, stop),
                ("group", false) => () => Task.FromResult(Protocols(arguments, Group)),
                (_, true) => () => OursAsync(arguments, Users, stop),
                (_, false) => () => Task.FromResult(Protocols(arguments, Users)),
            };
            Console.WriteLine(JsonSerializer.Serialize(await MeasureAsync(read)));
        }

        return 0;
    }

    private static SearchRequest Users => new(People, SearchScope.Subtree, "(objectClass=inetOrgPerson)", Attributes);

    private static SearchRequest Group => new(SampleDirectory.GroupName(0), SearchScope.Base, "(objectClass=*)", ["member"], 0);

    private static async Task<Cost> MeasureAsync(Func<Task<(long Entries, long Values)>> read)
    {
        var process = Process.GetCurrentProcess();
        var (clock, processor, allocated) = (Stopwatch.StartNew(), process.TotalProcessorTime, GC.GetTotalAllocatedBytes());
        var (entries, values) = await read();
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        return new Cost(
            entries, values, seconds, (process.TotalProcessorTime - processor).TotalSeconds, GC.GetTotalAllocatedBytes() - allocated, Peak());
    }

    private static long Peak()
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }

    private static async Task<(long, long)> OursAsync(Arguments arguments, SearchRequest request, CancellationToken stop)
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(arguments.Connection(), Slapd.ReaderPassword, stop);
        var (entries, values) = (0L, 0L);
        await foreach (var entry in session.Search(request).WithCancellation(stop))
        {
            entries++;
            for (var index = 0; index < entry.Attributes.Count; index++)
            {
                values += entry.Attributes[index].Values.Count;
            }
        }

        return (entries, values);
    }

    private static (long, long) Protocols(Arguments arguments, SearchRequest request)
    {
        var server = arguments.Text("server").Split(':');
        using var connection = new LdapConnection(
            new LdapDirectoryIdentifier(server[0], int.Parse(server[1], CultureInfo.InvariantCulture)),
            new NetworkCredential(Slapd.ReaderName, Slapd.ReaderPassword),
            AuthType.Basic);
        connection.SessionOptions.ProtocolVersion = 3;
        connection.SessionOptions.SecureSocketLayer = arguments.Choice("security", ConnectionSecurity.None) == ConnectionSecurity.Ldaps;
        connection.Bind();
        var search = new System.DirectoryServices.Protocols.SearchRequest(
            request.SearchBase, request.Filter, (System.DirectoryServices.Protocols.SearchScope)request.Scope, [.. request.Attributes]);
        var page = new PageResultRequestControl(1000);
        search.Controls.Add(page);
        var (entries, values) = (0L, 0L);
        do
        {
            var answer = (SearchResponse)connection.SendRequest(search);
            foreach (SearchResultEntry entry in answer.Entries)
            {
                entries++;
                foreach (DirectoryAttribute attribute in entry.Attributes.Values)
                {
                    values += attribute.Count;
                }
            }

            page.Cookie = answer.Controls.OfType<PageResultResponseControl>().FirstOrDefault()?.Cookie ?? [];
        }
        while (page.Cookie.Length > 0);
        return (entries, values);
    }
}
