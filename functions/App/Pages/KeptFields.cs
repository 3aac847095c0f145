using LdapSync.AdminPages.Setup;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Pages;

/// <summary>What of a form is carried over a sign-in: all that was typed, but no secret.</summary>
internal static class KeptFields
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(IFormCollection form) =>
        [.. form.Where(field => field.Key != "token" && !SettingsFields.Secrets.Contains(field.Key)).Select(field => KeyValuePair.Create(field.Key, field.Value.ToString()))];

    public static bool HasSecret(IFormCollection form) => SettingsFields.Secrets.Any(secret => form[secret].ToString().Length > 0);
}
