using System.Diagnostics;
using System.Diagnostics.Metrics;
using LdapSync.Core.Records;
using LdapSync.Ldap.Measuring;

namespace LdapSync.App.Operations;

/// <summary>Traces and metrics of runs, for whatever listens (OpenTelemetry). Tags hold ids, steps, counts: no names, no personal data.</summary>
public static class Telemetry
{
    public const string Name = "LdapSync";

    /// <summary>Activity sources and meters to listen to.</summary>
    public static IReadOnlyList<string> Sources { get; } = [Name, DirectoryMetrics.Name];

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Steps = Meter.CreateHistogram<double>("ldapsync.step.duration", "s", "One activity of a run");
    private static readonly Histogram<double> Runs = Meter.CreateHistogram<double>("ldapsync.run.duration", "s", "A run from its start to its end");
    private static readonly Counter<long> Read = Meter.CreateCounter<long>("ldapsync.run.read", "{entry}", "Groups, users and memberships read");
    private static readonly Counter<long> Planned = Meter.CreateCounter<long>("ldapsync.run.planned", "{change}", "Changes planned");
    private static readonly Counter<long> Applied = Meter.CreateCounter<long>("ldapsync.run.applied", "{change}", "Changes applied to the records");

    /// <summary>Runs one activity of a run as a span with its duration.</summary>
    public static async Task<T> StepAsync<T>(string runId, string step, Func<Task<T>> work)
    {
        using var span = Source.StartActivity(step);
        span?.SetTag("ldapsync.run", runId);
        var started = Stopwatch.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = await work();
            outcome = "done";
            return result;
        }
        catch (Exception failure)
        {
            // Messages of exceptions may quote data; types do not.
            span?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            throw;
        }
        finally
        {
            Steps.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new("step", step), new("outcome", outcome));
        }
    }

    public static void RunEnded(RunRecord run)
    {
        var directory = KeyValuePair.Create("directory", (object?)run.DirectoryId);
        Runs.Record(((run.Finished ?? run.Queued) - run.Queued).TotalSeconds, directory, new("status", $"{run.Status}"), new("dryRun", run.DryRun));
        var totals = run.Totals;
        Add(Read, "groups", totals.GroupsRead);
        Add(Read, "users", totals.UsersRead);
        Add(Read, "memberships", totals.MembershipsRead);
        Add(Planned, "created", totals.Created);
        Add(Planned, "updated", totals.Updated);
        Add(Planned, "deactivated", totals.Deactivated);
        Add(Planned, "reactivated", totals.Reactivated);
        Add(Planned, "membersAdded", totals.MembersAdded);
        Add(Planned, "membersRemoved", totals.MembersRemoved);
        Add(Planned, "rolesRenamed", totals.RolesRenamed);
        Add(Applied, "all", totals.Applied);
        Add(Applied, "conflicts", totals.Conflicts);

        void Add(Counter<long> counter, string what, long count)
        {
            if (count > 0)
            {
                counter.Add(count, directory, new("what", what));
            }
        }
    }
}
