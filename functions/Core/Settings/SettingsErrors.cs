using System.Globalization;
using LdapSync.Core.Entries;
using LdapSync.Core.Filters;

namespace LdapSync.Core.Settings;

/// <summary>Collects errors, and holds the checks that several fields share. Texts may be null: JSON can say so whatever the record does.</summary>
internal sealed class SettingsErrors
{
    private readonly List<FieldError> errors = [];

    public IReadOnlyList<FieldError> List => errors;

    public void Add(string field, string message) => errors.Add(new FieldError(field, message));

    /// <summary>Whether the value is there; if not, that is an error.</summary>
    public bool Required(string field, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
            return true;
        Add(field, "This field is required.");
        return false;
    }

    public void Range(string field, int? value, int minimum, int maximum, string unit)
    {
        if (value is { } number && (number < minimum || number > maximum))
            Add(field, string.Create(CultureInfo.InvariantCulture, $"{number} is out of range: {minimum} to {maximum} {unit} are allowed."));
    }

    public void Defined<T>(string field, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            Add(field, $"There is no such value; known are {string.Join(", ", Enum.GetNames<T>().Select(name => char.ToLowerInvariant(name[0]) + name[1..]))}.");
    }

    public void SearchBase(string field, string? value)
    {
        if (Required(field, value) && !DistinguishedName.TryParse(value!, out _, out var error))
            Add(field, $"Not a distinguished name such as ou=people,dc=example,dc=org: {error.Message}.");
    }

    public void Attribute(string field, string? value, bool required)
    {
        if (required ? !Required(field, value) : string.IsNullOrEmpty(value))
            return;
        if (AttributeDescription.Check(value) is var (index, problem))
            Add(field, string.Create(CultureInfo.InvariantCulture, $"\"{value}\" is not an attribute name: {problem} (at character {index + 1})."));
    }

    public void Filter(string field, string? value)
    {
        if (!Required(field, value))
            return;
        if (!LdapFilter.TryParse(value!, out _, out var error))
            Add(field, $"Not a search filter: {error.Message}.");
        else if (GroupUsersFilter.MacroNames.FirstOrDefault(name => value!.Contains(name, StringComparison.OrdinalIgnoreCase)) is { } macro)
            Add(field, $"{macro} stands for a group and has a meaning only in filters.groupUsers.");
    }

    /// <summary>An optional filter that we evaluate ourselves: it must be one that can be decided.</summary>
    public void Expression(string field, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        var before = errors.Count;
        Filter(field, value);
        if (errors.Count == before && FilterAttributes.Undecidable(LdapFilter.Parse(value)) is { } part)
            Add(field, $"{part} cannot be decided outside the directory: name an attribute, and no matching rule but Active Directory's two bitwise ones (1.2.840.113556.1.4.803 and .804).");
    }

    public void GroupUsersTemplate(string field, string? value)
    {
        if (!Required(field, value))
            return;
        try
        {
            if (!GroupUsersFilter.Parse(value!).HasMacro)
                Add(field, $"The filter gives every group the same users: it has to name the group by one of {string.Join(", ", GroupUsersFilter.MacroNames)}.");
        }
        catch (FilterSyntaxException error)
        {
            Add(field, $"Not a search filter: {error.Message}.");
        }
    }
}
