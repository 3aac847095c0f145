using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class LimitTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\tb")]
    [InlineData("a\u0085b")]
    public void Check_IllegalCharacterInKey_NamesTheKeyNotTheValue(string key)
    {
        Assert.Contains("RowKey", Assert.Throws<ArgumentException>(() => EntityLimits.Check(new TableEntity("p", key))).Message);
        var message = Assert.Throws<ArgumentException>(() => EntityLimits.Check(new TableEntity(key, "r"))).Message;
        Assert.Contains("PartitionKey", message);
        Assert.DoesNotContain(key, message);
    }

    [Fact]
    public void Check_KeyOverOneKibibyte_IsRefused()
    {
        EntityLimits.Check(new TableEntity(new string('p', 512), new string('r', 512)));
        Assert.Throws<ArgumentException>(() => EntityLimits.Check(new TableEntity("p", new string('r', 513))));
    }

    [Fact]
    public void Check_StringOver32KCharacters_NamesTheProperty()
    {
        EntityLimits.Check(new TableEntity("p", "r") { ["Long"] = new string('x', 32 * 1024) });
        var message = Assert.Throws<ArgumentException>(() => EntityLimits.Check(new TableEntity("p", "r") { ["Long"] = new string('x', (32 * 1024) + 1) })).Message;
        Assert.Contains("Long", message);
        Assert.DoesNotContain("xx", message);
    }

    [Fact]
    public void Check_EntityOverOneMebibyte_NamesTheLongestProperty()
    {
        var entity = new TableEntity("p", "r") { ["Longest"] = new string('x', 32 * 1024) };
        for (var i = 0; i < 16; i++)
        {
            entity[$"P{i}"] = new string('x', 32_000);
        }

        Assert.Contains("Longest", Assert.Throws<ArgumentException>(() => EntityLimits.Check(entity)).Message);
    }

    [Fact]
    public void Check_TooManyProperties_IsRefused()
    {
        var entity = new TableEntity("p", "r");
        for (var i = 0; i < 253; i++)
        {
            entity[$"P{i}"] = i;
        }

        Assert.Throws<ArgumentException>(() => EntityLimits.Check(entity));
    }

    [Fact]
    public async Task Write_RowTwiceOrOfOtherPartitionOrUnread_IsRefusedBeforeAnythingIsWritten()
    {
        var users = (await fixture.StoresAsync()).GetRequiredService<UserStore>();
        UserWrite fine = new(Some.User(1), WriteKind.Insert);
        await Assert.ThrowsAsync<ArgumentException>(() => users.WriteAsync(7, [fine, fine], Token));
        await Assert.ThrowsAsync<ArgumentException>(() => users.WriteAsync(7, [fine, new(Some.User(2, bucket: 8), WriteKind.Insert)], Token));
        await Assert.ThrowsAsync<ArgumentException>(() => users.WriteAsync(7, [fine, new(Some.User(2), WriteKind.Replace)], Token));
        await Assert.ThrowsAsync<ArgumentException>(() => users.WriteAsync(7, [fine, new(Some.User(2) with { Phone = new string('1', 40_000) }, WriteKind.Insert)], Token));
        Assert.Empty(await users.ReadBucketAsync(7, Token).ToList());
    }

    [Fact]
    public async Task Insert_UserWithForeignId_IsRefused()
    {
        var users = (await fixture.StoresAsync()).GetRequiredService<UserStore>();
        await Assert.ThrowsAsync<ArgumentException>(() => users.InsertAsync(new UserRecord("a/b") { Login = "x", FullName = "x" }, Token));
    }
}
