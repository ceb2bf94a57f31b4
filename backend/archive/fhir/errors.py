"""Why a file, or one entry of it, was not taken as it is."""

from __future__ import annotations

from backend.core.errors import Invalid, TooMuch


class FhirTooLarge(TooMuch):
    code = "FHIR_TOO_LARGE"
    zh = "文件过大（上限 {limit} 字节）。"
    en = "The file is too large (at most {limit} bytes)."


class FhirNotUtf8(Invalid):
    code = "FHIR_NOT_UTF8"
    zh = "文件不是 UTF-8 编码。"
    en = "The file is not encoded in UTF-8."


class FhirMalformedJson(Invalid):
    code = "FHIR_MALFORMED_JSON"
    zh = "文件不是有效的 JSON（第 {line} 行第 {column} 列）。"
    en = "The file is no valid JSON (line {line}, column {column})."


class FhirTooDeep(Invalid):
    code = "FHIR_TOO_DEEP"
    zh = "JSON 嵌套过深（上限 {limit} 层）。"
    en = "The JSON is nested too deeply (at most {limit} levels)."


class FhirDuplicateKey(Invalid):
    code = "FHIR_DUPLICATE_KEY"
    zh = "同一个 JSON 对象中有重复的键“{key}”。"
    en = "One JSON object holds the key “{key}” twice."


class FhirNumberNotFinite(Invalid):
    code = "FHIR_NUMBER_NOT_FINITE"
    zh = "JSON 中不允许 NaN 或 Infinity。"
    en = "JSON has no NaN or Infinity."


class FhirNumberOutOfRange(Invalid):
    code = "FHIR_NUMBER_OUT_OF_RANGE"
    zh = "数字过长或指数过大。"
    en = "A number has too many digits or too large an exponent."


class FhirNotABundle(Invalid):
    code = "FHIR_NOT_A_BUNDLE"
    zh = "内容既不是 FHIR Bundle，也不是单个 FHIR 资源。"
    en = "This is neither a FHIR Bundle nor a FHIR resource."


class FhirBundleTypeUnsupported(Invalid):
    code = "FHIR_BUNDLE_TYPE_UNSUPPORTED"
    zh = "不接受“{type}”类型的 Bundle。"
    en = "Bundles of type “{type}” are not taken."


class FhirEntryWithoutResource(Invalid):
    code = "FHIR_ENTRY_WITHOUT_RESOURCE"
    zh = "该条目不含资源。"
    en = "The entry holds no resource."


class FhirNotAResource(Invalid):
    code = "FHIR_NOT_A_RESOURCE"
    zh = "该条目不是 FHIR 资源（没有 resourceType）。"
    en = "The entry is no FHIR resource (it has no resourceType)."


class FhirDeletion(Invalid):
    code = "FHIR_DELETION_NOT_TAKEN"
    zh = "不接受“{method}”请求：档案不删除，只能标记为录入有误。"
    en = "“{method}” is not taken: the archive deletes nothing, it marks entries as wrong."


class FhirTypeUnknown(Invalid):
    code = "FHIR_TYPE_UNKNOWN"
    zh = "“{type}”不是 FHIR R4 的资源类型。"
    en = "“{type}” is no resource type of FHIR R4."


class FhirTypeUnchecked(Invalid):
    code = "FHIR_TYPE_UNCHECKED"
    zh = "“{type}”只在 FHIR 4.0 中有，原样保存，未做校验。"
    en = "“{type}” exists in FHIR 4.0 only; it is kept as received and not checked."


class FhirVersionUnsupported(Invalid):
    code = "FHIR_VERSION_UNSUPPORTED"
    zh = "“{type}”是旧版 FHIR（{release}）的写法，请转换为 R4。"
    en = "“{type}” is written for an older FHIR ({release}); convert it to R4."


class FhirCarriedOver(Invalid):
    code = "FHIR_CARRIED_OVER"
    zh = "资源中有旧版 FHIR 的写法（{fields}），已按 R4 改写后收录。"
    en = "Parts written for an older FHIR ({fields}) were rewritten for R4 and taken."


class FhirInvalid(Invalid):
    code = "FHIR_INVALID"
    zh = "资源不符合 FHIR R4：{places}。"
    en = "The resource is not valid FHIR R4: {places}."


class FhirCodeUnknown(Invalid):
    code = "FHIR_CODE_UNKNOWN"
    zh = "字段“{field}”的编码不在 FHIR R4 的取值范围内。"
    en = "The code in “{field}” is not one that FHIR R4 allows there."


class FhirOtherPatient(Invalid):
    code = "FHIR_OTHER_PATIENT"
    zh = "该条目属于另一位患者。"
    en = "The entry is about another patient."


class FhirSeveralPatients(Invalid):
    code = "FHIR_SEVERAL_PATIENTS"
    zh = "文件中有 {count} 位患者，请指明要导入哪一位。"
    en = "The file is about {count} patients; say whose record to import."


class FhirPatientNotInBundle(Invalid):
    code = "FHIR_PATIENT_NOT_IN_BUNDLE"
    zh = "文件中没有所指明的患者。"
    en = "The file does not hold the patient that was named."


class FhirNotAboutAPerson(Invalid):
    code = "FHIR_NOT_ABOUT_A_PERSON"
    zh = "该条目的对象不是患者（而是“{type}”），原样保存。"
    en = "The entry is about a “{type}”, not a patient; it is kept as received."


class FhirDuplicateEntry(Invalid):
    code = "FHIR_DUPLICATE_ENTRY"
    zh = "同一文件中已有编号相同、内容不同的资源。"
    en = "The file holds a resource with the same id and other content already."


class FhirRepeatedEntry(Invalid):
    code = "FHIR_REPEATED_ENTRY"
    zh = "同一文件中已有完全相同的资源，已合并。"
    en = "The file holds the very same resource already; they were merged."
