using CsCheck;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

public sealed class UndoPlannerTests
{
    private const string Directory = SyncModel.DirectoryId;

    private static readonly UserRecord Anna = new("0a") { Login = "anna", FullName = "Anna", Active = true, CanSignIn = true, DirectoryId = Directory, LdapId = "1", Email = "new@example.org" };

    [Fact]
    public void User_FieldsAsTheRunLeftThem_BecomeWhatTheyWere()
    {
        var inverse = UndoPlanner.User(Update(new FieldChange("email", "old@example.org", "new@example.org", "U2")), Anna, Directory, inOtherRoles: false);

        Assert.Null(inverse.Skipped);
        Assert.Equal([new FieldChange("email", "new@example.org", "old@example.org", "U2")], inverse.Operation!.Changes);
    }

    [Fact]
    public void User_FieldChangedSince_IsSkippedAndTheOthersAreTakenBack()
    {
        var inverse = UndoPlanner.User(
            Update(new FieldChange("email", "old@example.org", "other@example.org", "U2"), new FieldChange("fullName", "Ann", "Anna", "U2")), Anna, Directory, inOtherRoles: false);

        Assert.Equal("fullName", Assert.Single(inverse.Operation!.Changes).Field);
        Assert.Contains("email", inverse.Skipped!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void User_NeverAppliedOrTakenBackAlready_HasNothingToTakeBack() =>
        Assert.Equal(
            new Inverse<UserOperation>(null, null),
            UndoPlanner.User(Update(new FieldChange("email", "new@example.org", "newest@example.org", "U2")), Anna, Directory, inOtherRoles: false));

    [Fact]
    public void User_UnboundSince_IsLeftAlone()
    {
        var inverse = UndoPlanner.User(
            Update(new FieldChange("email", "old@example.org", "new@example.org", "U2")), Anna with { DirectoryId = null, LdapId = null }, Directory, inOtherRoles: false);

        Assert.Null(inverse.Operation);
        Assert.NotNull(inverse.Skipped);
    }

    [Fact]
    public void User_SetInactiveByHandSince_DoesNotGetToSignIn() =>
        Assert.Null(UndoPlanner.User(
            Update(new FieldChange("canSignIn", "true", "false", "R5")), Anna with { Active = false, CanSignIn = false }, Directory, inOtherRoles: false).Operation);

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void User_Created_IsTakenAwayOnlyWhenNothingElseHoldsIt(bool inOtherRoles, bool removed)
    {
        var created = Created(Anna);
        var inverse = UndoPlanner.User(created, Anna, Directory, inOtherRoles);

        Assert.Equal(removed, inverse.Operation?.Action == PlannedAction.Remove);
        Assert.Equal(removed, inverse.Skipped is null);
        Assert.NotNull(UndoPlanner.User(created, Anna with { Phone = "1" }, Directory, inOtherRoles: false).Skipped);
        Assert.NotNull(UndoPlanner.User(created, Anna with { Protected = true }, Directory, inOtherRoles: false).Skipped);
    }

    [Theory]
    [InlineData(true, null, null, false)]
    [InlineData(true, true, false, false)]
    [InlineData(true, false, null, true)]
    [InlineData(false, null, true, false)]
    [InlineData(false, true, null, false)]
    public void Member_AsItIsNow_DecidesWhatIsTakenBack(bool applied, bool? fromDirectory, bool? add, bool skipped)
    {
        var inverse = UndoPlanner.Member(
            new MemberOperation("r", "0a", "anna", applied, "R3"), fromDirectory is null ? null : new MemberRecord("r", "0a", fromDirectory.Value), roleExists: true, userExists: true);

        Assert.Equal(add, inverse.Operation?.Add);
        Assert.Equal(skipped, inverse.Skipped is not null);
    }

    /// <summary>Whatever happens in a directory: a run that is taken back leaves the records as they were before it.</summary>
    [Fact]
    public void Undo_AfterApply_RestoresTheRecords() => Gen.Select(Step.Any.Array[0, 25], Step.Any.Array[1, 10]).Sample((first, second) =>
    {
        var world = new SyncModel();
        Array.ForEach(first, step => step.Do(world));
        world.Run();
        Array.ForEach(second, step => step.Do(world));
        var (records, members) = (world.Records.ToDictionary(), world.Members.ToDictionary());

        var run = world.Run();
        Undo(world, run.Plan);

        Assert.Equal(records.Values.Select(Plain), world.Records.Values.Select(Plain));
        Assert.Equal(members.Keys.Order(), world.Members.Keys.Order());
    });

    private static UserRecord Plain(UserRecord record) => record with { Created = default };

    private static void Undo(SyncModel world, BucketPlan plan)
    {
        var put = plan.Members.Where(member => member.Add).Select(member => (Role(member), member.UserId)).ToHashSet();
        foreach (var applied in plan.Users)
        {
            var elsewhere = world.Members.Any(member => member.Key.UserId == applied.UserId && !(put.Contains(member.Key) && member.Value));
            var inverse = UndoPlanner.User(applied, world.Records.GetValueOrDefault(applied.UserId), Directory, elsewhere);
            Assert.Null(inverse.Skipped);
            if (inverse.Operation is not { } operation)
            {
                continue;
            }

            if (operation.Action == PlannedAction.Remove)
            {
                world.Records.Remove(operation.UserId);
            }
            else
            {
                world.Records[operation.UserId] = operation.Changes.Aggregate(
                    world.Records[operation.UserId], (record, change) => UserField.With(record, change.Field, change.After));
            }
        }

        foreach (var applied in plan.Members)
        {
            var key = (Role(applied), applied.UserId);
            var current = world.Members.TryGetValue(key, out var fromDirectory) ? new MemberRecord(applied.RoleId, applied.UserId, fromDirectory) : null;
            var inverse = UndoPlanner.Member(applied, current, roleExists: true, userExists: true);
            if (inverse.Operation is { Add: true })
            {
                world.Members[key] = inverse.Operation.Rule != Rule.ManualMember;
            }
            else if (inverse.Operation is not null)
            {
                world.Members.Remove(key);
            }
        }
    }

    private static int Role(MemberOperation member) => int.Parse(member.RoleId.AsSpan("role-".Length), System.Globalization.CultureInfo.InvariantCulture);

    private static UserOperation Update(params FieldChange[] changes) => new("0a", "anna", PlannedAction.Update, changes);

    private static UserOperation Created(UserRecord user) => new(user.Id, user.Login, PlannedAction.Create,
    [
        .. new[] { "login", "fullName", "email", "active", "canSignIn", "directoryId", "ldapId" }.Select(field => new FieldChange(field, null, UserField.Read(user, field), "U1")),
    ]);
}
