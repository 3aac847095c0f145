using System.Globalization;
using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;

namespace LdapSync.Storage.Records;

/// <summary>
/// Looks through the users a stretch of buckets at a time, and stops when its time is nearly over. A request that finds little reads all the rows of its
/// stretch, and the service bounds neither its time nor theirs: only short stretches do. There is no index by name: it would be two more rows for each user, kept in
/// step with every write, for something that people do a few times a day.
/// </summary>
internal sealed class UserWalk(RecordTable table, TimeProvider time)
{
    private const int FirstStretch = 16;

    /// <summary>A request that is faster than this is followed by one over twice as many buckets.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);

    /// <param name="conditions">On the rows, besides their bucket.</param>
    /// <param name="size">1 to 1000 rows at most.</param>
    /// <param name="continuation">From the page before; null: from the beginning.</param>
    /// <param name="budget">Nothing further is asked for that would probably end after it; at least one request is made.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">The continuation is not ours.</exception>
    public async Task<(List<TableEntity> Rows, string? Next, int Percent)> LookAsync(
        IReadOnlyList<string> conditions, int size, string? continuation, TimeSpan budget, CancellationToken cancellationToken)
    {
        var (rows, began, stretch) = (new List<TableEntity>(), time.GetTimestamp(), FirstStretch);
        var place = Place.Parse(continuation, stretch);
        while (true)
        {
            var asked = time.GetTimestamp();
            var (some, token) = await table.PageAsync(Filter(place, conditions), size - rows.Count, place.Token, requests: 1, cancellationToken);
            rows.AddRange(some);
            var took = time.GetElapsedTime(asked);
            stretch = took < Quick ? stretch * 2 : stretch;
            place = token is null ? new Place(place.End, place.End + stretch, null) : place with { Token = token };
            if (place.Begin >= Buckets.Count)
            {
                return (rows, null, 100);
            }

            if (rows.Count >= size || time.GetElapsedTime(began) + took > budget)
            {
                return (rows, place.ToString(), 100 * place.Begin / Buckets.Count);
            }
        }
    }

    private static string Filter(Place place, IReadOnlyList<string> conditions)
    {
        var range = TableClient.CreateQueryFilter($"PartitionKey ge {Buckets.Key(place.Begin)}");
        if (place.End < Buckets.Count)
        {
            range += " and " + TableClient.CreateQueryFilter($"PartitionKey lt {Buckets.Key(place.End)}");
        }

        return string.Join(" and ", [range, .. conditions]);
    }

    /// <summary>Where the next page begins.</summary>
    /// <param name="Begin">The first bucket that is not looked through to its end.</param>
    /// <param name="End">The bucket behind the stretch.</param>
    /// <param name="Token">The service's own, within the stretch; null: from its beginning.</param>
    private readonly record struct Place(int Begin, int End, string? Token)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Begin}.{End}.{Token}");

        public static Place Parse(string? text, int stretch)
        {
            if (string.IsNullOrEmpty(text))
            {
                return new Place(0, stretch, null);
            }

            var parts = text.Split('.', 3);
            return parts.Length == 3
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var begin) && begin < Buckets.Count
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var end) && end > begin
                ? new Place(begin, end, parts[2].Length == 0 ? null : parts[2])
                : throw new ArgumentException("The continuation token is not one that this service gave out: start again without it.");
        }
    }
}
