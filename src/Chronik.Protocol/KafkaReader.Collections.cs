namespace Chronik.Protocol;

/// <content>Arrays and tagged fields: what a hostile length could blow up.</content>
public ref partial struct KafkaReader
{
    /// <summary>The most tagged fields that one structure may have.</summary>
    public const int TaggedFieldsMax = 1_000;

    /// <summary>The longest tagged field that is kept without being known.</summary>
    public const int UnknownTaggedFieldBytesMax = 128 * 1024;

    /// <summary>Reads the length of an array that may not be null.</summary>
    /// <param name="compact">Whether the version is flexible.</param>
    /// <param name="elementBytesMin">The fewest bytes an element can have: an array that cannot fit is refused before it is allocated.</param>
    /// <param name="elementCost">How much memory an element takes, apart from its strings and arrays.</param>
    public int ReadArrayLength(bool compact, int elementBytesMin, int elementCost)
    {
        int length = ReadNullableArrayLength(compact, elementBytesMin, elementCost);
        return length >= 0 ? length : FailNull<int>("an array");
    }

    /// <summary>Reads the length of an array that may be null: -1 where it is.</summary>
    /// <inheritdoc cref="ReadArrayLength"/>
    public int ReadNullableArrayLength(bool compact, int elementBytesMin, int elementCost)
    {
        int length = compact ? ReadCompactLength() : ReadInt32();
        if (length < 0)
            return -1;
        if ((long)length * elementBytesMin > Remaining)
            Fail<int>($"an array declares {length} elements but only {Remaining} bytes are left");
        const int listAndArrayHeaders = 56;
        Charge(listAndArrayHeaders + ((long)length * elementCost));
        return length;
    }

    /// <summary>Reads how many tagged fields a structure has.</summary>
    public int ReadTaggedFieldCount()
    {
        uint count = ReadUnsignedVarint();
        return count <= TaggedFieldsMax ? (int)count : Fail<int>($"a structure has {count} tagged fields; {TaggedFieldsMax} are allowed");
    }

    /// <summary>Reads the head of the next tagged field.</summary>
    /// <param name="previousTag">The tag before it, or -1: tags ascend, and are set once.</param>
    /// <param name="end">Where the field ends, for <see cref="EndTaggedField"/>.</param>
    /// <returns>The tag.</returns>
    public long ReadTag(long previousTag, out int end)
    {
        uint tag = ReadUnsignedVarint();
        if (tag <= previousTag)
            Fail<int>($"tag {tag} comes after tag {previousTag}");
        uint size = ReadUnsignedVarint();
        if (size > (uint)Remaining)
            Fail<int>($"tagged field {tag} declares {size} bytes but {Remaining} are left");
        end = _position + (int)size;
        return tag;
    }

    /// <summary>Checks that a tagged field was as long as it said.</summary>
    public readonly void EndTaggedField(long tag, int end)
    {
        if (_position != end)
            Fail<int>($"tagged field {tag} should end at byte {end}");
    }

    /// <summary>Keeps a tagged field that the schema does not know.</summary>
    public void ReadUnknownTaggedField(ref List<UnknownTaggedField>? fields, long tag, int end)
    {
        int size = end - _position;
        if (size > UnknownTaggedFieldBytesMax)
            Fail<int>($"unknown tagged field {tag} has {size} bytes; {UnknownTaggedFieldBytesMax} are allowed");
        const int roomForField = 64;
        Charge(roomForField);
        (fields ??= []).Add(new UnknownTaggedField((uint)tag, ReadSlice(size)));
    }

    /// <summary>Reads the tagged fields of a structure that knows none in this version.</summary>
    /// <returns>The fields, or null where there are none.</returns>
    public List<UnknownTaggedField>? ReadUnknownTaggedFields()
    {
        List<UnknownTaggedField>? fields = null;
        int count = ReadTaggedFieldCount();
        long tag = -1;
        for (int i = 0; i < count; i++)
        {
            tag = ReadTag(tag, out int end);
            ReadUnknownTaggedField(ref fields, tag, end);
        }

        return fields;
    }
}
