namespace LdapSync.Core.Settings;

/// <summary>What is wrong with one field of the settings, or worth a second look.</summary>
/// <param name="Field">The path in the JSON form, e.g. <c>connection.serverName</c> or <c>options.licenceProducts[2]</c>.</param>
/// <param name="Message">What is wrong and what to do, in whole sentences.</param>
public sealed record FieldError(string Field, string Message);
