using System.Diagnostics;
using System.Diagnostics.Metrics;
using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Measuring;

/// <summary>Measurements of talking to directories. Tags: the server as <c>host:port</c> and what failed; no names, no filters.</summary>
public static class DirectoryMetrics
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "LdapSync.Ldap";

    private static readonly Meter Meter = new(Name);

    internal static readonly ActivitySource Source = new(Name);

    /// <summary>Until the connection was signed in: TCP, TLS and bind.</summary>
    internal static readonly Histogram<double> Connecting = Meter.CreateHistogram<double>("ldapsync.directory.connect.duration", "s", "Connecting and signing in");

    /// <summary>From a search to its first entry, or to its end where there is none: the directory's latency.</summary>
    internal static readonly Histogram<double> Latency = Meter.CreateHistogram<double>("ldapsync.directory.latency", "s", "From a search to its first answer");

    internal static readonly Histogram<double> Searching = Meter.CreateHistogram<double>("ldapsync.directory.search.duration", "s", "A whole search");

    internal static readonly Counter<long> Entries = Meter.CreateCounter<long>("ldapsync.directory.entries", "{entry}", "Entries read");

    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("ldapsync.directory.failures", "{failure}", "Connections and searches that failed");

    internal static void Failed(string server, Exception failure) => Failures.Add(
        1, Server(server), new KeyValuePair<string, object?>("failure", failure is DirectoryException known ? $"{known.Failure}" : failure.GetType().Name));

    internal static KeyValuePair<string, object?> Server(string server) => new("server", server);
}
