using System.Text.RegularExpressions;

namespace LdapSync.AdminPages.Setup;

/// <summary>The API names settings by their path; people know them by the labels of the form.</summary>
public static partial class SettingsText
{
    /// <summary>A text of the API, with labels in place of the paths of settings.</summary>
    public static string InWords(string text) => SettingPath().Replace(
        text, match => SettingsFields.ByName.ContainsKey(match.Value) ? $"\u201c{SettingsFields.LabelOf(match.Value)}\u201d" : match.Value);

    [GeneratedRegex(@"\b[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)+\b")]
    private static partial Regex SettingPath();
}
