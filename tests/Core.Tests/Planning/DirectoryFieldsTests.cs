using CsCheck;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

public sealed class DirectoryFieldsTests
{
    private static readonly Gen<string?> Text = Gen.OneOf<string?>(null, "", "a", "ab", "b", "ACME", "Boss", new string('x', 600));

    private static readonly Gen<MappedUser> User = Gen.Select(
        Text.Array[6], Gen.Int[0, 9], (texts, second) => new MappedUser(
            "id", texts[0] ?? "dn", texts[1] ?? "login", "name", DateTimeOffset.UnixEpoch.AddSeconds(second), texts[2], texts[3], texts[4], texts[5]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "U2")]
    [Trait("Rule", "G3")]
    public void Fingerprint_RecordThatFollowed_IsThatOfTheDirectory(bool phoneMapped) => Gen.Select(User, User).Sample((before, after) =>
    {
        var context = Context(phoneMapped);
        var record = Follow(Follow(new UserRecord("00") { Login = "", FullName = "" }, context, before), context, after);

        Assert.Equal(Fingerprint(context, after), DirectoryFields.Fingerprint(DirectoryFields.OfRecord(context, record)));
        Assert.Empty(DirectoryFields.Differences(record, DirectoryFields.Desired(context, after)));
    });

    [Fact]
    [Trait("Rule", "U2")]
    public void Fingerprint_TwoUsers_IsEqualWhereNoFieldDiffers() => Gen.Select(User, User).Sample((one, other) =>
    {
        var context = Context(phoneMapped: true);
        var record = Follow(new UserRecord("00") { Login = "", FullName = "" }, context, one);

        Assert.Equal(DirectoryFields.Differences(record, DirectoryFields.Desired(context, other)).Count == 0, Fingerprint(context, one) == Fingerprint(context, other));
        Assert.NotEqual(UInt128.Zero, Fingerprint(context, one));
    });

    [Fact]
    [Trait("Rule", "G3")]
    public void Fingerprint_LaterModificationDateAlone_IsTheSame()
    {
        var context = Context(phoneMapped: true);
        var user = new MappedUser("id", "dn", "login", "name", DateTimeOffset.UnixEpoch);

        Assert.Equal(Fingerprint(context, user), Fingerprint(context, user with { Modified = user.Modified.AddDays(1) }));
    }

    [Fact]
    [Trait("Rule", "U6")]
    public void Fingerprint_AccountCreated_IsAnother()
    {
        var user = new MappedUser("id", "dn", "login", "name", default, Company: "ACME");
        var with = Context(phoneMapped: true);
        var without = new PlanContext
        {
            DirectoryId = with.DirectoryId,
            Settings = with.Settings,
            Roles = [],
            UsersComplete = true,
            MembersComplete = [],
            Accounts = new Dictionary<string, string>(),
            JobTitles = with.JobTitles,
        };

        Assert.NotEqual(Fingerprint(with, user), Fingerprint(without, user));
        Assert.Equal(["unmatchedCompany"], DirectoryFields.Unmatched(without, user).Select(note => note.Kind));
        Assert.Empty(DirectoryFields.Unmatched(with, user));
    }

    private static PlanContext Context(bool phoneMapped)
    {
        var world = new SyncModel { PhoneMapped = phoneMapped };
        return world.Context(world.Read());
    }

    private static UInt128 Fingerprint(PlanContext context, MappedUser user) => DirectoryFields.Fingerprint(DirectoryFields.Desired(context, user));

    private static UserRecord Follow(UserRecord record, PlanContext context, MappedUser user) => DirectoryFields
        .Differences(record, DirectoryFields.Desired(context, user))
        .Aggregate(record, (current, change) => UserField.With(current, change.Field, change.After));
}
