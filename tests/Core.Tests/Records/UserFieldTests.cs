using LdapSync.Core.Planning;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Records;

public sealed class UserFieldTests
{
    private static readonly UserRecord User = new("00") { Login = "anna", FullName = "Anna" };

    [Theory]
    [InlineData(UserField.Login, "x")]
    [InlineData(UserField.FullName, "x")]
    [InlineData(UserField.Active, "false")]
    [InlineData(UserField.CanSignIn, "true")]
    [InlineData(UserField.Email, "x")]
    [InlineData(UserField.Email, null)]
    [InlineData(UserField.Phone, "x")]
    [InlineData(UserField.Account, "x")]
    [InlineData(UserField.JobTitle, "x")]
    [InlineData(UserField.DistinguishedName, "x")]
    [InlineData(UserField.LdapId, "x")]
    [InlineData(UserField.DirectoryId, null)]
    [Trait("Rule", "U2")]
    public void With_AnyField_IsReadBackAndNothingElseChanges(string field, string? value)
    {
        var changed = UserField.With(User, field, value);

        Assert.Equal(value, UserField.Read(changed, field));
        Assert.Equal(User, UserField.With(changed, field, UserField.Read(User, field)));
    }

    [Fact]
    public void With_UnknownOrRequiredField_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => UserField.Read(User, "password"));
        Assert.Throws<ArgumentException>(() => UserField.With(User, "password", ""));
        Assert.Throws<ArgumentException>(() => UserField.With(User, UserField.Login, null));
        Assert.Throws<ArgumentException>(() => UserField.With(User, UserField.FullName, null));
    }

    [Fact]
    public void Add_TwoTotals_AddsEveryNumber()
    {
        var numbers = typeof(RunTotals).GetProperties().Where(property => property.PropertyType == typeof(long)).ToList();
        RunTotals Totals(int step)
        {
            var totals = new RunTotals();
            for (var i = 0; i < numbers.Count; i++)
            {
                numbers[i].SetValue(totals, (long)((i + 1) * step));
            }

            return totals;
        }

        Assert.Equal(Totals(11), Totals(1).Add(Totals(10)));
        Assert.Equal(Totals(3), Totals(3).Add(new RunTotals()));
    }

    [Theory]
    [InlineData(0, true, true, true)]
    [InlineData(4, true, true, false)]
    [InlineData(0, false, true, false)]
    [InlineData(0, true, false, false)]
    [Trait("Rule", "G1")]
    public void Proof_TakenTogether_IsAsWeakAsTheWeaker(int code, bool pages, bool ranges, bool complete)
    {
        var proof = new CompletenessProof(code, pages, ranges, 1, 1, 0);

        Assert.Equal(complete, proof.IsComplete);
        Assert.Equal(complete, proof.And(CompletenessProof.Nothing).IsComplete);
        Assert.Equal(complete, CompletenessProof.Nothing.And(proof).IsComplete);
    }
}
