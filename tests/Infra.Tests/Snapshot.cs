using System.Text.Json;

namespace LdapSync.Infra.Tests;

/// <summary>One resource of a snapshot.</summary>
internal sealed record Resource(string Id, string Type, string Name, JsonElement Body)
{
    public JsonElement Properties => Body.GetProperty("properties");

    /// <summary>The last part of the name: a child is named PARENT/CHILD.</summary>
    public string OwnName => Name[(Name.LastIndexOf('/') + 1)..];

    /// <summary>A property by path, or null; e.g. <c>properties.siteConfig.ftpsState</c>.</summary>
    public JsonElement? At(string path)
    {
        var here = Body;
        foreach (var part in path.Split('.'))
        {
            if (here.ValueKind != JsonValueKind.Object || !here.TryGetProperty(part, out here))
            {
                return null;
            }
        }

        return here;
    }

    public string? Text(string path) => At(path) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public bool? Flag(string path) => At(path) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    /// <summary>The properties as name and text: for application settings.</summary>
    public IReadOnlyDictionary<string, string> Settings() =>
        Properties.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString() ?? "", StringComparer.Ordinal);
}

/// <summary>What a parameter file would create, as committed; <see cref="BicepFileTests"/> holds it to the Bicep files.</summary>
internal sealed class Snapshot
{
    private Snapshot(string text, IReadOnlyList<Resource> resources) => (Text, Resources) = (text, resources);

    public string Text { get; }

    public IReadOnlyList<Resource> Resources { get; }

    public static Snapshot Read(string name)
    {
        var text = File.ReadAllText(Path.Combine(Bicep.Folder, $"{name}.snapshot.json"));
        using var document = JsonDocument.Parse(text);
        Assert.Empty(document.RootElement.GetProperty("diagnostics").EnumerateArray());
        var resources = document.RootElement.GetProperty("predictedResources").EnumerateArray()
            .Select(item => item.Clone())
            .Select(item => new Resource(
                item.GetProperty("id").GetString()!, item.GetProperty("type").GetString()!, item.GetProperty("name").GetString()!, item))
            .ToList();
        return new Snapshot(text, resources);
    }

    public IEnumerable<Resource> OfType(string type) => Resources.Where(item => item.Type.Equals(type, StringComparison.OrdinalIgnoreCase));

    public Resource Single(string type) => Assert.Single(OfType(type));
}
