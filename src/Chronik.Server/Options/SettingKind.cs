namespace Chronik.Server.Options;

/// <summary>What a setting's value looks like.</summary>
internal enum SettingKind
{
    Text,
    Boolean,
    Int,
    Long,
    Double,
}
