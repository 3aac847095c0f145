using LdapSync.Core.Mapping;
using LdapSync.Core.Records;

namespace LdapSync.Core.Planning;

/// <summary>Reconciles one bucket: directory against sync state and records. Plain function of its inputs.</summary>
public sealed class BucketPlanner(PlanContext context)
{
    private readonly bool everyMemberRead = context.MembersComplete.All(complete => complete);

    /// <summary>First look, without records: who differs from the sync state.</summary>
    public BucketComparison Compare(BucketInput input)
    {
        foreach (var (ldapId, answer) in context.Answers)
        {
            if (input.Users.TryGetValue(ldapId, out var user))
            {
                input.Users[ldapId] = answer.Apply(user);
            }
        }

        var views = new DirectoryView[input.State.Count];
        var different = new List<string>();
        var certain = new HashSet<string>(input.State.Count, StringComparer.Ordinal);
        for (var i = 0; i < views.Length; i++)
        {
            if (input.Touched?.Contains(input.State[i].LdapId) == false)
            {
                continue;
            }

            views[i] = Look(input.State[i], input);
            if (Differs(input.State[i], views[i]) && !OnlyRolesDiffer(input.State[i], views[i], input))
            {
                different.Add(input.State[i].UserId);
            }
            else
            {
                certain.Add(input.State[i].LdapId);
            }
        }

        // Where a new user's record would be there may be one already, that was unbound by hand.
        different.AddRange(Importable(input, certain).Select(ldapId => Buckets.UserIdFor(context.DirectoryId, ldapId)));
        return new BucketComparison(input, views, [.. different.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Second look: the plan.</summary>
    /// <param name="comparison">The first look.</param>
    /// <param name="records">By id, at least <see cref="BucketComparison.RecordsNeeded"/>; one that is missing no longer exists.</param>
    public BucketPlan Plan(BucketComparison comparison, IReadOnlyDictionary<string, UserRecord> records)
    {
        var plan = new BucketPlan();
        var input = comparison.Input;
        var known = new HashSet<string>(input.State.Count, StringComparer.Ordinal);
        for (var i = 0; i < input.State.Count; i++)
        {
            var (user, view) = (input.State[i], comparison.Views[i]);
            if (input.Touched?.Contains(user.LdapId) == false)
            {
                known.Add(user.LdapId);
                plan.Next.Add(user);
            }
            else if (!Differs(user, view))
            {
                known.Add(user.LdapId);
                plan.Next.Add(user);
                NoteUnmatched(plan, view.Directory);
            }
            else if (OnlyRolesDiffer(user, view, input))
            {
                known.Add(user.LdapId);
                PlanMembers(plan, user, view.Roles, view.Directory!.Login);
                NoteUnmatched(plan, view.Directory);
                plan.Next.Add(user with { Roles = view.Roles, Manual = [] });
            }
            else if (records.TryGetValue(user.UserId, out var record) && IsStillLinked(record, user))
            {
                known.Add(user.LdapId);
                PlanLinked(plan, user, view, record);
            }
            else
            {
                // The record is gone or was unbound: the directory user is looked at like one that has none.
                plan.StateChanged = true;
            }
        }

        PlanNew(plan, input, known, records);
        plan.StateChanged |= plan.Users.Count > 0 || plan.Members.Count > 0;
        return plan;
    }

    private bool IsStillLinked(UserRecord record, LinkedUser user) =>
        record.LdapId == user.LdapId && record.DirectoryId == context.DirectoryId;

    private DirectoryView Look(LinkedUser user, BucketInput input)
    {
        var found = input.Found(user.LdapId);
        bool? present = found ?? (context.UsersComplete ? false : null);
        var read = input.Memberships.GetValueOrDefault(user.LdapId);
        var roles = Effective(user.Roles, read);
        bool? inLinkedGroup = roles.Count > 0 ? true : everyMemberRead ? false : null;
        var (active, rule) = DesiredStatus.Active(context.Settings.Options, present, user, inLinkedGroup, context.Roles.Count > 0);
        var directory = found == true ? input.Users.GetValueOrDefault(user.LdapId) : null;
        var desired = directory is null ? null : DirectoryFields.Desired(context, directory);

        // A state made from the records does not tell who was never compared: users bound since the last run, protected ones who were away.
        var compared = input.StateRebuilt && (user.BoundByHand || user.Protected) ? 0 : user.Fingerprint;

        // Back after an absence, or not yet compared: what changed meanwhile may be older than the watermark.
        var needsAttributes = input.Presence is not null && found == true && directory is null
            && (!user.Active || compared == 0 || context.Waiting.Contains(user.LdapId));

        // A protected user who is away stays active; without a fingerprint he is compared when he is back.
        var fingerprint = desired is not null ? DirectoryFields.Fingerprint(desired) : present == false && active ? 0 : compared;
        return new DirectoryView(
            roles, active, rule, DesiredStatus.CanSignIn(active, roles.Count > 0, user.BoundByHand), directory,
            fingerprint == user.Fingerprint ? null : desired, fingerprint, needsAttributes);
    }

    private static bool Differs(LinkedUser user, DirectoryView view) =>
        view.NeedsAttributes
        || view.Fingerprint != user.Fingerprint
        || view.Active != user.Active
        || view.CanSignIn != user.CanSignIn
        || !view.Roles.SequenceEqual(user.Roles);

    /// <summary>The state is a true image of the record, and what differs is not in the record: there is nothing to look up.</summary>
    private bool OnlyRolesDiffer(LinkedUser user, DirectoryView view, BucketInput input) =>
        !input.StateRebuilt && view is { Directory: not null, NeedsAttributes: false } && !context.Answers.ContainsKey(user.LdapId)
        && view.Fingerprint == user.Fingerprint && view.Active == user.Active && view.CanSignIn == user.CanSignIn;

    /// <summary>What was read; where a read proves nothing about absence (G1, R7), with what is stored.</summary>
    private IReadOnlyList<int> Effective(IReadOnlyList<int> stored, List<int>? read)
    {
        if (read is null && stored.Count == 0)
        {
            return [];
        }

        var roles = new SortedSet<int>(read ?? []);
        foreach (var role in stored)
        {
            if (!context.MembersComplete[role])
            {
                roles.Add(role);
            }
        }

        return [.. roles];
    }

    private void PlanLinked(BucketPlan plan, LinkedUser user, DirectoryView view, UserRecord record)
    {
        if (view.NeedsAttributes)
        {
            plan.NeedAttributes.Add(user.LdapId);
        }

        var changes = new List<FieldChange>();
        if (view.Desired is not null && view.Fingerprint != user.Fingerprint)
        {
            changes.AddRange(DirectoryFields.Differences(record, view.Desired)
                .Where(change => change.Field != UserField.Login || !IsIgnored(user.LdapId, change.After!)));
        }

        var joined = view.Roles.Except(user.Roles).ToList();
        if (view.Active != record.Active)
        {
            var rule = !view.Active ? view.ActiveRule
                : context.Settings.Options.SynchronizeOnlyGroups && joined.Count > 0 ? Rule.Join
                : Rule.Reactivate;
            changes.Add(new FieldChange(UserField.Active, UserField.Text(record.Active), UserField.Text(view.Active), rule));
        }

        if (view.CanSignIn != record.CanSignIn)
        {
            var rule = view.CanSignIn == view.Active && view.Active != record.Active
                ? changes[^1].Rule
                : view.CanSignIn ? Rule.Join : Rule.Leave;
            changes.Add(new FieldChange(UserField.CanSignIn, UserField.Text(record.CanSignIn), UserField.Text(view.CanSignIn), rule));
        }

        if (changes.Count > 0)
        {
            plan.Users.Add(new UserOperation(user.UserId, record.Login, ActionOf(changes), changes));
        }

        if (changes.Find(change => change.Field == UserField.Login) is { } login
            && Buckets.NormalizeLogin(login.Before!) != Buckets.NormalizeLogin(login.After!))
        {
            plan.Claims.Add(new LoginClaim(login.After!, user.UserId, view.Directory!.DistinguishedName, login.Before, user.LdapId));
        }

        PlanMembers(plan, user, view.Roles, record.Login);
        NoteUnmatched(plan, view.Directory);
        var next = user with
        {
            // A user whose attributes are still to be read is compared again when they are there.
            Fingerprint = view.NeedsAttributes ? 0 : view.Fingerprint,
            Active = view.Active,
            CanSignIn = view.CanSignIn,
            Roles = view.Roles,
            Manual = [],
        };
        plan.StateChanged |= next.Fingerprint != user.Fingerprint;
        plan.Next.Add(next);
    }

    private void PlanMembers(BucketPlan plan, LinkedUser user, IReadOnlyList<int> roles, string name)
    {
        foreach (var role in roles.Except(user.Roles))
        {
            plan.Members.Add(new MemberOperation(context.Roles[role].RoleId, user.UserId, name, Add: true, Rule.Join));
        }

        foreach (var role in user.Roles.Except(roles))
        {
            var rule = user.Manual.Contains(role) ? Rule.ManualMember
                : context.Settings.Options.SynchronizeOnlyGroups ? Rule.LeaveGroupsOnly
                : Rule.Leave;
            plan.Members.Add(new MemberOperation(context.Roles[role].RoleId, user.UserId, name, Add: false, rule));
        }
    }

    /// <summary>Who becomes a user, unless there is a record already.</summary>
    private IEnumerable<string> Importable(BucketInput input, HashSet<string> known) =>
        (input.Presence?.Keys ?? (IEnumerable<string>)input.Users.Keys).Where(ldapId => !known.Contains(ldapId) && DesiredStatus.IsImported(
            context.Settings.Options, input.Found(ldapId) == true, input.Memberships.GetValueOrDefault(ldapId) is { Count: > 0 }));

    private void PlanNew(BucketPlan plan, BucketInput input, HashSet<string> known, IReadOnlyDictionary<string, UserRecord> records)
    {
        foreach (var ldapId in Importable(input, known))
        {
            var userId = Buckets.UserIdFor(context.DirectoryId, ldapId);
            if (!input.Users.TryGetValue(ldapId, out var user))
            {
                plan.NeedAttributes.Add(ldapId);
            }
            else if (IsIgnored(ldapId, user.Login))
            {
                // An administrator said so (U5).
            }
            else if (records.TryGetValue(userId, out var record) && (record.LdapId != ldapId || record.DirectoryId != context.DirectoryId))
            {
                var collision = new Collision(ldapId, userId, user.Login, user.DistinguishedName, CollisionKind.Unbound, record.Id, IsLinked: false);
                plan.Collisions.Add(collision);
                plan.Notes.Add(collision.ToNote());
            }
            else
            {
                PlanImport(plan, user, userId, [.. new SortedSet<int>(input.Memberships.GetValueOrDefault(ldapId) ?? [])]);
            }
        }
    }

    private bool IsIgnored(string ldapId, string login) => context.Answers.TryGetValue(ldapId, out var answer) && answer.Ignores(login);

    private void PlanImport(BucketPlan plan, MappedUser user, string userId, List<int> roles)
    {
        var desired = DirectoryFields.Desired(context, user);
        var canSignIn = DesiredStatus.CanSignIn(active: true, roles.Count > 0, boundByHand: false);
        var changes = desired.Where(field => field.After is not null)
            .Select(field => field.Rule == Rule.Update ? field with { Rule = Rule.Import } : field)
            .ToList();
        changes.Add(new FieldChange(UserField.Active, null, "true", Rule.Import));
        changes.Add(new FieldChange(UserField.CanSignIn, null, UserField.Text(canSignIn), Rule.Import));
        changes.Add(new FieldChange(UserField.DirectoryId, null, context.DirectoryId, Rule.Import));
        changes.Add(new FieldChange(UserField.LdapId, null, user.LdapId, Rule.Import));
        plan.Users.Add(new UserOperation(userId, user.Login, PlannedAction.Create, changes));
        plan.Claims.Add(new LoginClaim(user.Login, userId, user.DistinguishedName, Releases: null, user.LdapId));
        plan.Members.AddRange(roles.Select(role => new MemberOperation(context.Roles[role].RoleId, userId, user.Login, Add: true, Rule.Join)));
        plan.Next.Add(new LinkedUser(
            user.LdapId, userId, DirectoryFields.Fingerprint(desired), Active: true, canSignIn, BoundByHand: false, Protected: false, roles, Manual: []));
        NoteUnmatched(plan, user);
    }

    private void NoteUnmatched(BucketPlan plan, MappedUser? user)
    {
        if (user is not null)
        {
            plan.Notes.UnionWith(DirectoryFields.Unmatched(context, user));
        }
    }

    private static PlannedAction ActionOf(List<FieldChange> changes) =>
        changes.Find(change => change.Field == UserField.Active) is not { } active ? PlannedAction.Update
        : active.After == "true" ? PlannedAction.Reactivate
        : PlannedAction.Deactivate;
}
