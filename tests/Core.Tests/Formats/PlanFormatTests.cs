using System.Text.Json;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using Xunit;

namespace LdapSync.Core.Tests.Formats;

/// <summary>The journal: what is written today must be readable, and mean the same, in later versions.</summary>
public sealed class PlanFormatTests
{
    private static readonly UserOperation Operation = new(
        "0a", "anna", PlannedAction.Deactivate, [new FieldChange("active", "true", "false", "U3"), new FieldChange("email", "a@x", null, "U2")]);

    [Fact]
    public void Serialize_UserOperation_IsTheStoredText()
    {
        const string text = """
            {"userId":"0a","name":"anna","action":"Deactivate","changes":[{"field":"active","before":"true","after":"false","rule":"U3"},{"field":"email","before":"a@x","rule":"U2"}]}
            """;

        Assert.Equal(text, JsonSerializer.Serialize(Operation, PlanFormat.Default.UserOperation));
        Assert.Equivalent(Operation, JsonSerializer.Deserialize(text, PlanFormat.Default.UserOperation), strict: true);
    }

    [Fact]
    public void Serialize_OtherRecords_ComeBack()
    {
        var role = new RoleOperation("r", "Staff", PlannedAction.Rename, [new FieldChange("name", "Staff", "People", "R2")]);
        var back = JsonSerializer.Deserialize(JsonSerializer.Serialize(role, PlanFormat.Default.RoleOperation), PlanFormat.Default.RoleOperation);
        Assert.Equivalent(role, back, strict: true);
        ComesBack(new MemberOperation("r", "0a", "anna", Add: false, "R4"), PlanFormat.Default.MemberOperation);
        ComesBack(new LoginClaim("anna", "0a", "uid=anna", null), PlanFormat.Default.LoginClaim);
        ComesBack(new LoginAssignment("anna", "0a", "0b", Release: true), PlanFormat.Default.LoginAssignment);
        ComesBack(new RefusedClaim("0a", new RunNote("collision", "U5", "anna", "…")), PlanFormat.Default.RefusedClaim);
        ComesBack(new LinkedRole("r", "g", "Staff", "cn=\"Staff\"", Found: false, DateTimeOffset.UnixEpoch), PlanFormat.Default.LinkedRole);
    }

    [Fact]
    public void ToChanges_Operations_AreOneLineForEachField()
    {
        Assert.Equal(
            [new PlannedChange(PlannedObject.User, "0a", "anna", PlannedAction.Deactivate, "active", "true", "false", "U3"), new PlannedChange(PlannedObject.User, "0a", "anna", PlannedAction.Deactivate, "email", "a@x", null, "U2")],
            Operation.ToChanges());
        Assert.Equal(
            new PlannedChange(PlannedObject.Member, "r", "anna", PlannedAction.Add, "0a", null, "member", "R3"), new MemberOperation("r", "0a", "anna", Add: true, "R3").ToChange());
        Assert.Equal(
            new PlannedChange(PlannedObject.Member, "r", "anna", PlannedAction.Remove, "0a", "member", null, "R5"), new MemberOperation("r", "0a", "anna", Add: false, "R5").ToChange());
    }

    private static void ComesBack<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        Assert.Equal(value, JsonSerializer.Deserialize(JsonSerializer.Serialize(value, type), type));
}
