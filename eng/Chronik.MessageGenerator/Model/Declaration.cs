namespace Chronik.MessageGenerator.Model;

/// <summary>The head of an api or a structure: what a request and its response share.</summary>
/// <param name="Key">The api key; -1 for a structure that stands alone.</param>
/// <param name="Name">The api's or structure's name.</param>
/// <param name="Versions">All versions.</param>
/// <param name="Flexible">Those with compact lengths and tagged fields.</param>
/// <param name="Doc">What it is for.</param>
internal sealed record Declaration(int Key, string Name, VersionRange Versions, VersionRange Flexible, string Doc);
