namespace Chronik.Catalog;

/// <summary>The catalog's database failed; the change that was asked for is not stored.</summary>
public sealed class CatalogException : Exception
{
    /// <summary>Makes one with a sentence for the operator.</summary>
    public CatalogException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a sentence for the operator and its cause.</summary>
    public CatalogException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one without a sentence.</summary>
    public CatalogException()
    {
    }
}
