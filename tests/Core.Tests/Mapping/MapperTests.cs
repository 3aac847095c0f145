using System.Text;
using LdapSync.Core.Entries;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Mapping;

public sealed class MapperTests
{
    private const string Dn = "uid=anna,dc=example";
    private const string Id = "b6a1c1f0-0000-4000-8000-000000000001";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly UserMapper Users = new(SettingsPresets.For(DirectoryKind.OpenLdap));
    private static readonly GroupMapper Groups = new(SettingsPresets.For(DirectoryKind.OpenLdap));

    [Fact]
    public void TryMap_WholeEntry_HasAllFields()
    {
        var entry = Anna(("o", " Example Ltd "), ("mail", " anna@example.org "), ("telephoneNumber", "+1 2"), ("title", "Boss"));
        Assert.True(Users.TryMap(entry, Now, out var user, out var problem));
        Assert.Null(problem);
        Assert.Equal(
            new MappedUser(Id, Dn, "anna", "Anna Müller", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "anna@example.org", " Example Ltd ", "+1 2", "Boss"),
            user);
    }

    [Fact]
    public void TryMap_ActiveDirectoryEntry_ReadsBinaryIds()
    {
        var mapper = new UserMapper(SettingsPresets.For(DirectoryKind.ActiveDirectory));
        var entry = new DirectoryEntry("CN=Anna", [
            Text("OBJECTguid", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u0001"), Text("samaccountname", "anna"), Text("name", "Anna"),
            Text("whenchanged", "20260102030405.0Z"), Text("userAccountControl", "514"),
        ]);
        Assert.True(mapper.TryMap(entry, Now, out var user, out _));
        Assert.Equal("00000000-0000-0000-0000-000000000001", user.LdapId);
        Assert.False(user.Enabled);
    }

    [Fact]
    public void TryMap_OptionalMissingBlankOrNotMapped_IsNull()
    {
        Assert.True(Users.TryMap(Anna(("o", "  ")), Now, out var user, out _));
        Assert.Equal((null, null, null, null), (user.Email, user.Company, user.Phone, user.JobTitle));
        var unmapped = SettingsPresets.For(DirectoryKind.OpenLdap);
        unmapped = unmapped with { Users = unmapped.Users with { Company = "" } };
        Assert.True(new UserMapper(unmapped).TryMap(Anna(("o", "Example")), Now, out user, out _));
        Assert.Null(user.Company);
    }

    [Theory]
    [InlineData("entryUUID", "users.userId")]
    [InlineData("uid", "users.login")]
    [InlineData("cn", "users.fullName")]
    [InlineData("modifyTimestamp", "users.modificationDate")]
    public void TryMap_RequiredMissing_IsAProblemOfThatField(string attribute, string field)
    {
        var whole = Anna();
        var entry = whole with { Attributes = [.. whole.Attributes.Where(one => one.Name != attribute)] };
        Assert.False(Users.TryMap(entry, Now, out var user, out var problem));
        Assert.Null(user);
        Assert.Equal((Dn, field, attribute), (problem.DistinguishedName, problem.Field, problem.Attribute));
        Assert.Contains("no value", problem.Message, StringComparison.Ordinal);
        Assert.Equal(attribute == "entryUUID" ? null : Id, problem.LdapId);
    }

    [Theory]
    [InlineData("uid", " ", "users.login", "no value")]
    [InlineData("uid", "an\nna", "users.login", "control characters")]
    [InlineData("uid", "an\0na", "users.login", "control characters")]
    [InlineData("cn", "\u0085", "users.fullName", "control characters")]
    [InlineData("entryUUID", "  ", "users.userId", "no value")]
    [InlineData("modifyTimestamp", "yesterday", "users.modificationDate", "generalized time")]
    [InlineData("mail", "a\0b", "users.email", "control characters")]
    [InlineData("userAccountControl", "many", "users.status", "not a number")]
    [InlineData("accountExpires", "soon", "users.status", "not a number")]
    [InlineData("pwdEndTime", "soon", "users.status", "not a time")]
    public void TryMap_UnusableValue_IsAProblemOfThatField(string attribute, string value, string field, string message)
    {
        Assert.False(Users.TryMap(Anna((attribute, value)), Now, out _, out var problem));
        Assert.Equal((field, attribute), (problem.Field, problem.Attribute));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uid", 256, "users.login")]
    [InlineData("cn", 256, "users.fullName")]
    [InlineData("entryUUID", 512, "users.userId")]
    [InlineData("mail", 512, "users.email")]
    [InlineData("o", 512, "users.company")]
    [InlineData("telephoneNumber", 512, "users.phone")]
    [InlineData("title", 512, "users.jobTitle")]
    public void TryMap_Length_IsLimited(string attribute, int maximum, string field)
    {
        Assert.True(Users.TryMap(Anna((attribute, new string('x', maximum))), Now, out _, out _));
        Assert.False(Users.TryMap(Anna((attribute, new string('x', maximum + 1))), Now, out _, out var problem));
        Assert.Equal(field, problem.Field);
        Assert.Contains("longer than", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryMap_ValueThatIsNotUtf8_IsAProblem()
    {
        var entry = Anna();
        entry = entry with { Attributes = [.. entry.Attributes.Where(one => one.Name != "uid"), new("uid", [new byte[] { 0xff }])] };
        Assert.False(Users.TryMap(entry, Now, out _, out var problem));
        Assert.Equal("users.login", problem.Field);
    }

    [Fact]
    public void TryMap_SeveralValues_TakesTheSameInAnyOrder()
    {
        string[] values = ["b", "Ann", "a", ""];
        foreach (var order in new[] { values, [.. values.Reverse()] })
        {
            Assert.True(Users.TryMap(Replace(Anna(), Text("cn", order)), Now, out var user, out _));
            Assert.Equal("Ann", user.FullName);
        }
    }

    [Theory]
    [InlineData("userAccountControl", "512", true)]
    [InlineData("userAccountControl", "514", false)]
    [InlineData("userAccountControl", "66050", false)]
    [InlineData("userAccountControl", "-2147483646", false)]
    [InlineData("accountExpires", "0", true)]
    [InlineData("accountExpires", "9223372036854775807", true)]
    [InlineData("accountExpires", "133800000000000000", false)]
    [InlineData("accountExpires", "144000000000000000", true)]
    [InlineData("lockoutTime", "133800000000000000", true)]
    [InlineData("pwdAccountLockedTime", "000001010000Z", false)]
    [InlineData("pwdAccountLockedTime", "20260228235959Z", true)]
    [InlineData("nsAccountLock", "TRUE", false)]
    [InlineData("nsAccountLock", "true", false)]
    [InlineData("nsAccountLock", "FALSE", true)]
    public void TryMap_AccountStatus_DecidesEnabled(string attribute, string value, bool enabled)
    {
        Assert.True(Users.TryMap(Anna((attribute, value)), Now, out var user, out _));
        Assert.Equal(enabled, user.Enabled);
    }

    [Fact]
    public void Attributes_OfUsers_AreMappedOnesAndStatusWithoutRepetition()
    {
        var settings = SettingsPresets.For(DirectoryKind.ActiveDirectory);
        settings = settings with { Users = settings.Users with { Email = "NAME", Phone = "" } };
        Assert.Equal(
            ["objectGUID", "sAMAccountName", "name", "whenChanged", "company", "title", "userAccountControl", "accountExpires", "pwdAccountLockedTime", "nsAccountLock", "pwdStartTime", "pwdEndTime"],
            new UserMapper(settings).Attributes);
    }

    [Fact]
    public void TryMap_Group_HasIdAndName()
    {
        Assert.Equal(["entryUUID", "cn"], Groups.Attributes);
        Assert.True(Groups.TryMap(new DirectoryEntry("cn=g", [Text("entryUUID", Id), Text("cn", " Sales ")]), out var group, out _));
        Assert.Equal(new MappedGroup(Id, "Sales", "cn=g"), group);
    }

    [Theory]
    [InlineData("entryUUID", "groups.groupId")]
    [InlineData("cn", "groups.groupName")]
    public void TryMap_GroupWithoutRequired_IsAProblemOfThatField(string attribute, string field)
    {
        var other = attribute == "cn" ? Text("entryUUID", Id) : Text("cn", "Sales");
        Assert.False(Groups.TryMap(new DirectoryEntry("cn=g", [other]), out var group, out var problem));
        Assert.Null(group);
        Assert.Equal((field, attribute), (problem.Field, problem.Attribute));
    }

    [Fact]
    public void Failure_NoEntryMapped_NamesTheFieldsMostFrequentFirst() => Assert.Contains(
        "users.userId (7 of 10), users.login (3 of 10)",
        MappingCheck.Failure(10, new Dictionary<string, long> { ["users.login"] = 3, ["users.userId"] = 7 })!, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 9)]
    public void Failure_SomeEntryMappedOrNoneRead_IsNone(long entries, long problems) =>
        Assert.Null(MappingCheck.Failure(entries, new Dictionary<string, long> { ["users.login"] = problems }));

    private static DirectoryEntry Anna(params (string Name, string Value)[] others) => others.Aggregate(
        new DirectoryEntry(Dn, [Text("entryUUID", Id), Text("uid", " anna "), Text("cn", "Anna Müller"), Text("modifyTimestamp", "20260102030405Z")]),
        (entry, other) => Replace(entry, Text(other.Name, other.Value)));

    private static DirectoryEntry Replace(DirectoryEntry entry, DirectoryAttribute attribute) =>
        entry with { Attributes = [.. entry.Attributes.Where(one => one.Name != attribute.Name), attribute] };

    private static DirectoryAttribute Text(string name, params string[] values) =>
        new(name, [.. values.Select(value => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value)))]);
}
