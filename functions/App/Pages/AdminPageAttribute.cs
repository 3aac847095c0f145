namespace LdapSync.App.Pages;

/// <summary>Marks the functions of a class as pages: not part of the described API, open to browsers, guarded by <see cref="PageCalls"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AdminPageAttribute : Attribute;
