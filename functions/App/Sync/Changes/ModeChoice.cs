using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage.State;

namespace LdapSync.App.Sync;

/// <param name="Mode">How the run reads.</param>
/// <param name="Reason">Why that is not the mode that was asked for; null: it is.</param>
/// <param name="Before">Mode <em>delta</em>: what the directory has.</param>
public sealed record ChosenMode(RunMode Mode, string? Reason, Population? Before = null);

/// <summary>Chooses how a run reads: as asked for, or else the next best way.</summary>
public sealed class ModeChoice(ChangeStateStore changes, SyncStateStore states, TimeProvider time)
{
    internal const string OtherLinks = "roles were linked or unlinked since the last run";

    private const int MaxSets = 100;

    public async Task<ChosenMode> ChooseAsync(RunMode wanted, DirectoryRecord directory, IReadOnlyList<RoleRecord> linked, CancellationToken cancellationToken)
    {
        if (wanted == RunMode.Full)
        {
            return new ChosenMode(RunMode.Full, null);
        }

        if (directory.Watermark is null)
        {
            return new ChosenMode(RunMode.Full, Sentence("no run has read everything with these settings yet"));
        }

        if (IsToCome(directory.Watermark.Value, time))
        {
            return new ChosenMode(RunMode.Full, Sentence("the date of the last change that was read is in the future, so what has changed since is not known"));
        }

        if (wanted == RunMode.Changed)
        {
            return new ChosenMode(RunMode.Changed, null);
        }

        var state = await ChangesKeeping.ReadAsync(changes, directory.Id, cancellationToken);
        var problem = ProblemOf(directory.Settings, state, linked)
            ?? (await states.AreAllFreshAsync(directory.Id, cancellationToken) ? null : "records were changed by hand, or left out of the last run");
        return problem is null
            ? new ChosenMode(RunMode.Delta, null, new Population(state!.ActiveUsers, state.Memberships))
            : new ChosenMode(RunMode.Changed, Sentence(problem));
    }

    /// <summary>Whether a kept date is no date of the past; two machines' clocks may differ a little.</summary>
    internal static bool IsToCome(DateTimeOffset watermark, TimeProvider time) => watermark > time.GetUtcNow().AddMinutes(1);

    /// <summary>A reason as the run's view tells it.</summary>
    public static string Sentence(string reason) => $"{char.ToUpperInvariant(reason[0])}{reason[1..].TrimEnd('.')}.";

    private static string? ProblemOf(DirectorySettings settings, ChangesState? state, IReadOnlyList<RoleRecord> linked) => state switch
    {
        _ when settings.Groups.Membership == MembershipSource.Filter =>
            "members are found by a search for each group (groups.membership is filter), which changes do not tell; take member or memberUid",
        null => "no run has kept the directory's cookies yet",
        { SettingsTag: var tag } when tag != ChangesState.TagOf(settings) => "the settings were changed since the last run",
        { Unavailable: { } unavailable } => unavailable,
        _ when state.Lists.Any(list => list.Sets.Count > MaxSets) => "the kept lists of members are renewed",
        _ when !state.Links.SequenceEqual(LinkKeys(linked)) => OtherLinks,
        _ => null,
    };

    private static IEnumerable<string> LinkKeys(IReadOnlyList<RoleRecord> linked) => linked.OrderBy(role => role.Id, StringComparer.Ordinal)
        .Select(role => new LinkedRole(role.Id, role.GroupId!, role.Name, "", Found: true, role.LinkedAt).Key);
}
