using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using LdapSync.Storage.Staging;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class StagingTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_AnyRecordsInAnySections_AreThoseAddedAndTheHashSaysSo()
    {
        var staging = await StagingAsync();
        var number = 0;
        var gen = Gen.Select(Gen.Select(Gen.Int[0, 5], Gen.Byte.Array[0, 300]).Array[0, 60], Gen.Int[1, 2000], Gen.Int[1, 2000]);
        await gen.SampleAsync(
            async (records, oneFlush, otherFlush) =>
            {
                var name = $"any-{Interlocked.Increment(ref number)}";
                var one = await StageAsync(staging, name + "-1", records, oneFlush);
                var other = await StageAsync(staging, name + "-2", records, otherFlush);
                Assert.Equal(one.Hash, other.Hash);
                var expected = records.GroupBy(record => $"s{record.Item1}").ToDictionary(group => group.Key, group => group.Select(record => record.Item2).ToList());
                var sections = await staging.SectionsAsync(one, Token);
                Assert.Equal(expected.ToDictionary(section => section.Key, section => (long)section.Value.Count), sections.ToDictionary());
                foreach (var (section, contents) in expected)
                {
                    Assert.Equal(contents, (await staging.ReadAsync(one, section, Token).ToList()).Select(record => record.ToArray()));
                }

                Assert.Equal(records.Length, (await staging.ReadAsync(other, _ => true, Token).ToList()).Count);
            },
            iter: 40,
            threads: 2);
    }

    [Fact]
    public async Task Read_LongRecordsBetweenShortOnes_AreWhole()
    {
        var staging = await StagingAsync();
        byte[][] records = [.. new[] { 1, 2047, 100_000, 0, 32_768, 5, 70_000 }.Select((length, i) => Enumerable.Repeat((byte)(i + 1), length).ToArray())];
        var writer = staging.CreateWriter("long", "records", flushBytes: 150_000);
        foreach (var record in records)
        {
            writer.Add("a", record);
            await writer.FlushIfNeededAsync(Token);
        }

        Assert.Equal(records, (await staging.ReadAsync(await writer.CompleteAsync(Token), "a", Token).ToList()).Select(record => record.ToArray()));
    }

    [Fact]
    public async Task Hash_OtherContentOrder_OrSection_IsAnother()
    {
        var staging = await StagingAsync();
        string[] hashes =
        [
            await HashAsync(("a", "12"), ("b", "3")),
            await HashAsync(("a", "1"), ("a", "2"), ("b", "3")),
            await HashAsync(("a", "2"), ("a", "1"), ("b", "3")),
            await HashAsync(("a", "12"), ("c", "3")),
            await HashAsync(("a", "12")),
            await HashAsync(),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(await HashAsync(("a", "12"), ("b", "3")), await HashAsync(("b", "3"), ("a", "12")));

        async Task<string> HashAsync(params (string Section, string Record)[] records)
        {
            var writer = staging.CreateWriter("hash", Guid.NewGuid().ToString("n"));
            foreach (var (section, record) in records)
            {
                writer.Add(section, Encoding.UTF8.GetBytes(record));
            }

            return (await writer.CompleteAsync(Token)).Hash;
        }
    }

    [Fact]
    public async Task Read_OneSectionOfMany_FetchesLittleMoreThanIt()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var staging = await StagingAsync(proxy);
        var writer = staging.CreateWriter("run/users", "one");
        const long Length = 200_000;
        for (var i = 0; i < 32; i++)
        {
            writer.Add($"{i:x2}", RandomNumberGenerator.GetBytes((int)Length));
        }

        var set = await writer.CompleteAsync(Token);
        proxy.Reset();
        Assert.Equal((int)Length, Assert.Single(await staging.ReadAsync(set, "0f", Token).ToList()).Length);
        Assert.InRange(proxy.BlobBytesRead, Length, Length * 12 / 10);

        // The index is known now, and neighbours come in one piece.
        proxy.Reset();
        Assert.Equal(4, (await staging.ReadAsync(set, name => name is "03" or "04" or "05" or "1f", Token).ToList()).Count);
        Assert.InRange(proxy.BlobBytesRead, 4 * Length, 4 * Length * 11 / 10);
        Assert.Equal(2, proxy.BlobReads);
    }

    [Fact]
    public async Task Read_ManySections_WorksWithAnIndexLongerThanTheFirstRead()
    {
        var staging = await StagingAsync();
        var writer = staging.CreateWriter("run/long", "one");
        for (var i = 0; i < 3000; i++)
        {
            writer.Add($"{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}-{i}", [1, 2, 3]);
        }

        var set = await writer.CompleteAsync(Token);
        Assert.Equal(3000, (await staging.SectionsAsync(set, Token)).Count);
        Assert.Equal([1, 2, 3], Assert.Single(await staging.ReadAsync(set, name => name.EndsWith("-2999", StringComparison.Ordinal), Token).ToList()).ToArray());
    }

    [Fact]
    public async Task Writer_SmallFlushSize_MakesSeveralSegmentsAndOnlyThen()
    {
        var staging = await StagingAsync();
        var writer = staging.CreateWriter("run/several", "one", flushBytes: 1000);
        for (var i = 0; i < 100; i++)
        {
            writer.Add("s", new byte[99]);
            await writer.FlushIfNeededAsync(Token);
        }

        var set = await writer.CompleteAsync(Token);
        Assert.Equal((10, 100L), (set.Count, writer.Records));
        Assert.Equal(set, JsonSerializer.Deserialize<SegmentSet>(JsonSerializer.Serialize(set)));
        Assert.Throws<ObjectDisposedException>(() => writer.Add("s", [1]));
        Assert.Equal(100, (await staging.ReadAsync(set, "s", Token).ToList()).Count);
    }

    [Fact]
    public async Task Writer_UploadAnswerLost_StagesOnce()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var staging = await StagingAsync(proxy);
        var writer = staging.CreateWriter("run/lost", "one");
        writer.Add("s", [1]);
        proxy.FailNext(FailureMode.LoseAnswer);
        var set = await writer.CompleteAsync(Token);
        Assert.Single(await staging.ReadAsync(set, "s", Token).ToList());
    }

    [Fact]
    public async Task DeleteFolder_WithNeighbour_RemovesOnlyItsOwn()
    {
        var staging = await StagingAsync();
        var gone = await StageAsync(staging, "x", [(1, [1])], 10, "run1/users");
        var kept = await StageAsync(staging, "x", [(1, [1])], 10, "run10/users");
        await staging.DeleteFolderAsync("run1", Token);
        await staging.DeleteFolderAsync("run1", Token);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await staging.ReadAsync(gone, "s1", Token).ToList());
        Assert.Single(await staging.ReadAsync(kept, "s1", Token).ToList());
    }

    private static async Task<SegmentSet> StageAsync(
        StagingArea staging, string name, (int Section, byte[] Record)[] records, int flushBytes, string folder = "any")
    {
        var writer = staging.CreateWriter(folder, name, flushBytes);
        foreach (var (section, record) in records)
        {
            writer.Add($"s{section}", record);
            await writer.FlushIfNeededAsync(Token);
        }

        return await writer.CompleteAsync(Token);
    }

    private async Task<StagingArea> StagingAsync(TableProxy? proxy = null) => (await fixture.StoresAsync(proxy)).GetRequiredService<StagingArea>();
}
