namespace LdapSync.Core.Groups;

/// <summary>One value of a group's list of members.</summary>
/// <param name="Key">See <see cref="MemberKey"/>.</param>
/// <param name="Text">The distinguished name or the login.</param>
public readonly record struct MemberValue(UInt128 Key, string Text);
