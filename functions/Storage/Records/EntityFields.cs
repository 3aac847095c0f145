using System.Globalization;
using Azure.Data.Tables;

namespace LdapSync.Storage.Records;

/// <summary>Reading and writing properties so that missing and unknown ones are tolerated: records outlive versions of this code.</summary>
internal static class EntityFields
{
    private const int Chunk = 32_000;

    /// <summary>The earliest time that Table storage can hold (1601-01-01).</summary>
    public static DateTimeOffset Earliest { get; } = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string? Text(this TableEntity entity, string name) => entity.TryGetValue(name, out var value) ? value as string : null;

    public static bool Flag(this TableEntity entity, string name) => entity.TryGetValue(name, out var value) && value is true;

    public static long Number(this TableEntity entity, string name) =>
        entity.TryGetValue(name, out var value) && value is int or long ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;

    public static DateTimeOffset? Time(this TableEntity entity, string name) =>
        entity.TryGetValue(name, out var value) && value is DateTimeOffset time ? time : null;

    public static T Choice<T>(this TableEntity entity, string name)
        where T : struct, Enum => Enum.TryParse<T>(entity.Text(name), out var value) ? value : default;

    /// <summary>A null property is not stored.</summary>
    public static void Put(this TableEntity entity, string name, string? value)
    {
        if (value is not null)
        {
            entity[name] = value;
        }
    }

    public static void Put(this TableEntity entity, string name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            entity[name] = Storable(time);
        }
    }

    /// <summary>In UTC, and not before what a table can hold.</summary>
    public static DateTimeOffset Storable(DateTimeOffset time) => time < Earliest ? Earliest : time.ToUniversalTime();

    /// <summary>Splits a text that may be longer than one property holds over <c>Name</c>, <c>Name1</c>, <c>Name2</c> ...</summary>
    public static void PutLong(this TableEntity entity, string name, string value)
    {
        for (var part = 0; part == 0 || part * Chunk < value.Length; part++)
        {
            entity[PartName(name, part)] = value.Substring(part * Chunk, Math.Min(Chunk, value.Length - (part * Chunk)));
        }
    }

    public static string? LongText(this TableEntity entity, string name)
    {
        var text = entity.Text(name);
        for (var part = 1; entity.Text(PartName(name, part)) is { } more; part++)
        {
            text += more;
        }

        return text;
    }

    private static string PartName(string name, int part) => part == 0 ? name : name + part.ToString(CultureInfo.InvariantCulture);
}
