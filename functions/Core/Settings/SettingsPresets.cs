using LdapSync.Core.Reading;

namespace LdapSync.Core.Settings;

/// <summary>Rule S4: a starting point per kind of directory. Server, login and search bases remain to be filled in.</summary>
public static class SettingsPresets
{
    private const string GroupUsers = "(memberOf=[#LDAPGroupDN#])";

    /// <summary>The preset of a kind; directories of another kind get the attributes that the RFCs define, as OpenLDAP has them.</summary>
    /// <param name="kind">The kind of directory.</param>
    /// <param name="searchBase">For users and groups, where it is known already.</param>
    public static DirectorySettings For(DirectoryKind kind, string searchBase = "") =>
        kind == DirectoryKind.ActiveDirectory ? ActiveDirectory(searchBase) : OpenLdap(searchBase);

    private static DirectorySettings ActiveDirectory(string searchBase) => new()
    {
        Users = new()
        {
            SearchBase = searchBase,
            FullName = "name",
            Login = "sAMAccountName",
            UserId = "objectGUID",
            ModificationDate = "whenChanged",
            Email = "mail",
            Company = "company",
            Phone = "telephoneNumber",
            JobTitle = "title",
        },
        Groups = new() { SearchBase = searchBase, GroupName = "cn", GroupId = "objectGUID", Membership = MembershipSource.Member },
        Filters = new()
        {
            Users = "(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
            Groups = "(objectClass=group)",
            GroupUsers = GroupUsers,
        },
    };

    private static DirectorySettings OpenLdap(string searchBase) => new()
    {
        Users = new()
        {
            SearchBase = searchBase,
            FullName = "cn",
            Login = "uid",
            UserId = "entryUUID",
            ModificationDate = "modifyTimestamp",
            Email = "mail",
            Company = "o",
            Phone = "telephoneNumber",
            JobTitle = "title",
        },
        Groups = new() { SearchBase = searchBase, GroupName = "cn", GroupId = "entryUUID", Membership = MembershipSource.Member },
        Filters = new()
        {
            Users = "(objectClass=inetOrgPerson)",
            Groups = "(objectClass=groupOfNames)",
            GroupUsers = GroupUsers,
        },
    };
}
